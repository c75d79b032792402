#include "store/redis_attempts.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "coro/result_task.hpp"
#include "store/redis_scripts.hpp"

namespace social::store {

namespace {

constexpr std::int64_t kMilliseconds = 1000;

}  // namespace

flow::Task<flow::Decision> RedisAttempts::attempt(flow::RateLimit rate) {
    redis::Command command(scripts::attempt(), 1);
    command.key(keys_.attempts(rate.counter)).with(rate.limit).with(rate.period * kMilliseconds);
    const redis::Reply reply = co_await redis_.call(std::move(command));
    const auto counted = reply.counts<2>();
    if (!counted) {
        throw flow::Failure(store_unavailable("unexpected reply from Redis"));
    }
    const auto [allowed, left] = *counted;
    // Rounded up, since an early retry is refused. At most one period.
    const std::uint64_t seconds = left / kMilliseconds + (left % kMilliseconds != 0 ? 1 : 0);
    const auto longest = static_cast<std::uint64_t>(std::max<std::int64_t>(rate.period, 1));
    const auto wait = std::clamp<std::uint64_t>(seconds, 1, longest);
    co_return flow::Decision{.allowed = allowed == 1,
                             .retry_after = allowed == 1 ? 0 : static_cast<std::int64_t>(wait)};
}

flow::Task<void> RedisAttempts::refund(std::string counter) {
    redis::Command command(scripts::refund(), 1);
    command.key(keys_.attempts(counter));
    static_cast<void>(co_await redis_.call(std::move(command)));
}

flow::Task<void> RedisAttempts::forget(std::string counter) {
    redis::Command command("DEL");
    command.key(keys_.attempts(counter)).repeatable();
    static_cast<void>(co_await redis_.call(std::move(command)));
}

flow::Task<std::uint64_t> RedisAttempts::count(std::string counter) {
    redis::Command command("GET");
    command.key(keys_.attempts(counter)).repeatable();
    const redis::Reply reply = co_await redis_.call(std::move(command));
    std::uint64_t count = 0;
    static_cast<void>(
        std::from_chars(reply.text.data(), reply.text.data() + reply.text.size(), count));
    co_return count;
}

}  // namespace social::store
