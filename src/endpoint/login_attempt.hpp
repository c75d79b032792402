// Slows guessing down at the token API: 20 attempts per client address and 10 per user in
// five minutes, counted by all workers together before anything is computed, so that a
// flood of guesses costs nothing. The counter of the address decides first: an address that
// is throttled makes no counter for the users that it names.
//
// In the end only failures count. An attempt counts while it is under way, or many at once
// would be free; success forgets the user's failures and takes the attempt off the address.
// So who is refused only for others that are under way may wait for them: see must_wait().
//
// An address is an IPv4 address or an IPv6 /64, which is what one client has (RFC 6177);
// behind another proxy it is what nginx's realip module made of it. A user is counted
// whether there is one of that name or not.
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

// Of the client, in binary, as attempts are counted by it.
[[nodiscard]] std::string client_network(const ngx_connection_t& connection);

class LoginAttempt {
public:
    struct Source {
        std::string_view network;
        std::string_view site;
        std::string_view email;
    };
    // Both outlive the attempt; in the background it ends, when its request does.
    struct Services {
        flow::RateLimiter& counters;
        loop::AsyncScope& background;
    };
    LoginAttempt(Services services, const Source& source);
    LoginAttempt(const LoginAttempt&) = delete;
    LoginAttempt& operator=(const LoginAttempt&) = delete;
    // Unless it has succeeded, or was taken back, it stays counted.
    ~LoginAttempt();

    // Counts this attempt: 0, or the seconds until one is allowed again.
    [[nodiscard]] flow::Task<std::int64_t> begin();

    // Whether the last refusal may pass as soon as attempts of others have ended.
    [[nodiscard]] flow::Task<bool> must_wait();

    [[nodiscard]] flow::Task<void> succeed();

    // It could not be decided: nothing was learned from it.
    [[nodiscard]] flow::Task<void> refund();

private:
    struct Limit {
        std::string attempts;
        std::string under_way;
        std::uint32_t most;
    };
    using Limits = std::array<Limit, 2>;  // of the address, of the user

    [[nodiscard]] flow::Task<bool> enter(const Limit& limit);
    [[nodiscard]] static flow::Task<void> end(flow::RateLimiter& counters, Limits limits);

    Services services_;
    Limits limits_;
    std::string_view refused_by_;  // a counter of what is under way; "": none
    bool under_way_ = false;
};

}  // namespace social::ngx
