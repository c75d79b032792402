#include "loop/sleep.hpp"

namespace social::loop {

flow::Task<void> LoopTimer::sleep(std::chrono::milliseconds delay) {
    co_await Sleep(delay, on_exit_);
}

}  // namespace social::loop
