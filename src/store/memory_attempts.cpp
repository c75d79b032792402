#include "store/memory_attempts.hpp"

namespace social::store {

CounterKey MemoryAttempts::key_of(std::string_view counter) const noexcept {
    return seeded_digest<CounterKey>(store_.seed(), counter);
}

flow::Task<flow::AttemptVerdict> MemoryAttempts::attempt(flow::AttemptRate rate) {
    const Attempt verdict = store_.attempts().attempt(
        key_of(rate.counter), {.limit = rate.limit, .now = ngx_time(), .period = rate.period});
    co_return flow::AttemptVerdict{.allowed = verdict.allowed, .retry_after = verdict.retry_after};
}

flow::Task<void> MemoryAttempts::take_back(std::string counter) {
    store_.attempts().take_back(key_of(counter));
    co_return;
}

flow::Task<void> MemoryAttempts::forget(std::string counter) {
    store_.attempts().forget(key_of(counter));
    co_return;
}

flow::Task<std::uint64_t> MemoryAttempts::count(std::string counter) {
    co_return store_.attempts().count(key_of(counter), ngx_time());
}

}  // namespace social::store
