#include "endpoint/login_attempt.hpp"

#include <utility>

#include "base/ascii.hpp"
#include "coro/result_task.hpp"
#include "coro/when_all.hpp"

namespace social::ngx {

namespace {

constexpr std::uint32_t kPerAddress = 20;
constexpr std::uint32_t kPerUser = 10;
constexpr std::int64_t kPeriod = 5 * 60;  // seconds

// Period of the counters of attempts in progress: the counts of a crashed worker expire with it.
constexpr std::int64_t kLongestAttempt = 60;
constexpr std::uint32_t kUnlimited = 1'000'000;

std::string octets(const void* bytes, std::size_t size) {
    return {static_cast<const char*>(bytes), size};
}

// Site ids and addresses may contain any byte: the length prefix makes the pair unambiguous.
std::string user_name(std::string_view site, std::string_view email) {
    return std::to_string(site.size()) + ':' + std::string(site) + ':' + base::lowered(email);
}

}  // namespace

std::string client_network(const ngx_connection_t& connection) {
    switch (connection.sockaddr->sa_family) {
        case AF_INET: {
            const auto* address = reinterpret_cast<const sockaddr_in*>(connection.sockaddr);
            return octets(&address->sin_addr, sizeof(address->sin_addr));
        }
#if (NGX_HAVE_INET6)
        case AF_INET6: {
            constexpr std::size_t kPrefix = 8;   // a /64
            constexpr std::size_t kMapped = 12;  // IPv4-mapped prefix (RFC 4291 §2.5.5.2)
            const auto* address = reinterpret_cast<const sockaddr_in6*>(connection.sockaddr);
            const auto* bytes = address->sin6_addr.s6_addr;
            if (IN6_IS_ADDR_V4MAPPED(&address->sin6_addr)) {
                return octets(bytes + kMapped, sizeof(in_addr));
            }
            return octets(bytes, kPrefix);
        }
#endif
        default:
            return "local";
    }
}

LoginAttempt::LoginAttempt(Services services, const Source& source)
    : services_(services),
      limits_{{{.attempts = "login address " + std::string(source.network),
                .under_way = "logging in, address " + std::string(source.network),
                .most = kPerAddress},
               {.attempts = "login user " + user_name(source.site, source.email),
                .under_way = "logging in, user " + user_name(source.site, source.email),
                .most = kPerUser}}} {}

LoginAttempt::~LoginAttempt() {
    if (under_way_) {
        services_.background.spawn(end(services_.counters, std::move(limits_)));
    }
}

flow::Task<bool> LoginAttempt::enter(const Limit& limit) {
    flow::RateLimit rate(limit.under_way, kUnlimited, kLongestAttempt);
    const flow::Decision verdict = co_await services_.counters.attempt(std::move(rate));
    co_return verdict.allowed;
}

// Sequential: a client chooses the user name. A throttled address must not create a counter for
// each name, which would evict other counters.
flow::Task<std::int64_t> LoginAttempt::begin() {
    const auto& [address, user] = limits_;
    flow::RateLimiter& counters = services_.counters;
    flow::RateLimit of_address(address.attempts, address.most, kPeriod);
    const flow::Decision by_address = co_await counters.attempt(std::move(of_address));
    if (!by_address.allowed) {
        refused_by_ = address.under_way;
        co_return by_address.retry_after;
    }
    flow::RateLimit of_user(user.attempts, user.most, kPeriod);
    const Result<flow::Decision> by_user =
        co_await flow::as_result(counters.attempt(std::move(of_user)));
    if (!by_user || !by_user->allowed) {
        co_await counters.refund(address.attempts);
        refused_by_ = user.under_way;
        co_return flow::value(by_user).retry_after;
    }
    static_cast<void>(co_await flow::when_all(enter(address), enter(user)));
    under_way_ = true;
    co_return 0;
}

flow::Task<bool> LoginAttempt::must_wait() {
    if (refused_by_.empty()) {
        co_return false;
    }
    std::string counter(refused_by_);
    const std::uint64_t others = co_await services_.counters.count(std::move(counter));
    co_return others > 0;
}

flow::Task<void> LoginAttempt::succeed() {
    const auto& [address, user] = limits_;
    co_await services_.counters.refund(address.attempts);
    co_await services_.counters.forget(user.attempts);
}

flow::Task<void> LoginAttempt::refund() {
    for (const Limit& limit : limits_) {
        co_await services_.counters.refund(limit.attempts);
    }
}

// If the store fails, the counter expires with its period.
flow::Task<void> LoginAttempt::end(flow::RateLimiter& counters, Limits limits) {
    for (const Limit& limit : limits) {
        co_await counters.refund(limit.under_way);
    }
}

}  // namespace social::ngx
