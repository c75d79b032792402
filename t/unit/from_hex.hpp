// Bytes of a published vector, which specifications print in hexadecimal.
#pragma once

#include <string>
#include <string_view>

#include "base/ascii.hpp"

namespace social::test {

inline std::string from_hex(std::string_view digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        bytes +=
            static_cast<char>(base::hex_value(digits[i]) * 16 + base::hex_value(digits[i + 1]));
    }
    return bytes;
}

}  // namespace social::test
