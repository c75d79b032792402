// Rate limits of the token API: 20 attempts per client address and 10 per user in five minutes. All
// workers share the counters. An attempt is counted before its password is hashed, so that a
// refused guess costs no hash. The address is checked first: a throttled address creates no counter
// for the users that it names.
//
// In the end only failures count. An attempt counts while it is in progress, so that parallel
// attempts do not bypass the limit. Success resets the user's counter and refunds the attempt of
// the address. So a client refused because of attempts in progress may wait for them: see
// must_wait().
//
// An address is an IPv4 address or an IPv6 /64, the prefix of one client (RFC 6177). Behind another
// proxy, nginx's realip module sets the address. Attempts for an unknown user name count in the
// same way.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "coro/task.hpp"
#include "flow/rate_limiter.hpp"
#include "loop/async_scope.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// The client's address or /64 in network byte order: the key of the address counters.
[[nodiscard]] std::string client_network(const ngx_connection_t& connection);

class LoginAttempt {
public:
    struct Source {
        std::string_view network;
        std::string_view site;
        std::string_view email;
    };
    // Both outlive the attempt. `background` runs the update that the destructor starts.
    struct Services {
        flow::RateLimiter& counters;
        loop::AsyncScope& background;
    };
    LoginAttempt(Services services, const Source& source);
    LoginAttempt(const LoginAttempt&) = delete;
    LoginAttempt& operator=(const LoginAttempt&) = delete;
    // The attempt stays counted without succeed() or refund(). It is no longer in progress.
    ~LoginAttempt();

    // Counts this attempt. Returns 0, or the seconds until another one is allowed. Throws Failure
    // (store_unavailable), as all members below do.
    [[nodiscard]] flow::Task<std::int64_t> begin();

    // True if the last refusal may end as soon as attempts in progress end.
    [[nodiscard]] flow::Task<bool> must_wait();

    // The password is valid: resets the user's counter and refunds the attempt of the address.
    [[nodiscard]] flow::Task<void> succeed();

    // The check gave no verdict: refunds the attempt of both counters.
    [[nodiscard]] flow::Task<void> refund();

private:
    struct Limit {
        std::string attempts;
        std::string under_way;
        std::uint32_t most;
    };
    using Limits = std::array<Limit, 2>;  // the address, the user

    [[nodiscard]] flow::Task<bool> enter(const Limit& limit);
    [[nodiscard]] static flow::Task<void> end(flow::RateLimiter& counters, Limits limits);

    Services services_;
    Limits limits_;
    std::string_view refused_by_;  // counter of attempts in progress; "": not refused
    bool under_way_ = false;
};

}  // namespace social::ngx
