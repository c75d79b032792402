// Time that this process has computed: a busy machine does not change it, as it does a clock's.
#pragma once

#include <ctime>

namespace social::test {

[[nodiscard]] inline double cpu_seconds() noexcept {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace social::test
