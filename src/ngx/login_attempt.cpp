#include "ngx/login_attempt.hpp"

#include "base/ascii.hpp"
#include "store/memory_store.hpp"

namespace social::ngx {

namespace {

constexpr std::uint64_t kPerAddress = 20;
constexpr std::uint64_t kPerUser = 10;
constexpr std::int64_t kPeriod = 5 * 60;  // seconds

// Of the counters of what is under way: heals what a worker that died left behind.
constexpr std::int64_t kLongestAttempt = 60;
constexpr std::uint64_t kUnlimited = 1'000'000;

std::string octets(const void* bytes, std::size_t size) {
    return {static_cast<const char*>(bytes), size};
}

// Site ids and addresses may hold any text: the length keeps one pair from being another.
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
            constexpr std::size_t kMapped = 12;  // in front of an IPv4 address in IPv6 form
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

LoginAttempt::LoginAttempt(store::SharedCounters& counters, const Source& source)
    : counters_(counters),
      limits_{
          {{.attempts = store::counter_key("login address " + std::string(source.network)),
            .under_way = store::counter_key("logging in, address " + std::string(source.network)),
            .most = kPerAddress},
           {.attempts = store::counter_key("login user " + user_name(source.site, source.email)),
            .under_way =
                store::counter_key("logging in, user " + user_name(source.site, source.email)),
            .most = kPerUser}}} {}

LoginAttempt::~LoginAttempt() {
    end();
}

std::int64_t LoginAttempt::begin(std::int64_t now) {
    for (refused_by_ = 0; refused_by_ < limits_.size(); ++refused_by_) {
        const Limit& limit = limits_[refused_by_];
        const store::Attempt attempt =
            counters_.attempt(limit.attempts, {.limit = limit.most, .now = now, .period = kPeriod});
        if (!attempt.allowed) {
            for (std::size_t i = 0; i < refused_by_; ++i) {
                counters_.take_back(limits_[i].attempts);
            }
            return attempt.retry_after;
        }
    }
    for (const Limit& limit : limits_) {
        static_cast<void>(counters_.attempt(
            limit.under_way, {.limit = kUnlimited, .now = now, .period = kLongestAttempt}));
    }
    under_way_ = true;
    return 0;
}

bool LoginAttempt::must_wait(std::int64_t now) const {
    return refused_by_ < limits_.size() && counters_.count(limits_[refused_by_].under_way, now) > 0;
}

void LoginAttempt::succeed() noexcept {
    const auto& [address, user] = limits_;
    counters_.take_back(address.attempts);
    counters_.forget(user.attempts);
    end();
}

void LoginAttempt::take_back() noexcept {
    for (const Limit& limit : limits_) {
        counters_.take_back(limit.attempts);
    }
    end();
}

void LoginAttempt::end() noexcept {
    if (!under_way_) {
        return;
    }
    under_way_ = false;
    for (const Limit& limit : limits_) {
        counters_.take_back(limit.under_way);
    }
}

}  // namespace social::ngx
