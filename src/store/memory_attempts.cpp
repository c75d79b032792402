#include "store/memory_attempts.hpp"

#include "store/counter_keys.hpp"

namespace social::store {

flow::Task<flow::AttemptVerdict> MemoryAttempts::attempt(flow::AttemptRate rate) {
    const Attempt verdict = store_.attempts().attempt(
        counter_key(rate.counter), {.limit = rate.limit, .now = ngx_time(), .period = rate.period});
    co_return flow::AttemptVerdict{.allowed = verdict.allowed, .retry_after = verdict.retry_after};
}

flow::Task<void> MemoryAttempts::take_back(std::string counter) {
    store_.attempts().take_back(counter_key(counter));
    co_return;
}

flow::Task<void> MemoryAttempts::forget(std::string counter) {
    store_.attempts().forget(counter_key(counter));
    co_return;
}

flow::Task<std::uint64_t> MemoryAttempts::count(std::string counter) {
    co_return store_.attempts().count(counter_key(counter), ngx_time());
}

}  // namespace social::store
