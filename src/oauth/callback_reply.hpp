// The authorization response of RFC 6749 §4.1.2 or RFC 5849 §2.2, from the callback's raw query.
//
// Reading has two steps on purpose:
// 1. parse_callback_reply() refuses malformed queries alone, so that `state` can select the login.
// 2. granted_code() checks for success. Only a successful response consumes the login.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace social::oauth {

struct CallbackReply {
    std::string state;
    base::Secret code;
    std::string error;            // unescaped, at most 256 bytes; never print it as it is
    base::Secret oauth_token;     // OAuth 1.0a
    base::Secret oauth_verifier;  // OAuth 1.0a
    bool denied = false;          // OAuth 1.0a: X reports a denial with this parameter
    std::string issuer;           // RFC 9207 `iss`; empty: not sent
};

// Fails with bad_callback for a malformed query, and for a repeated (RFC 6749 §3.1), overlong or
// unprintable parameter. Unrecognized parameters are ignored (§4.1.2).
[[nodiscard]] Result<CallbackReply> parse_callback_reply(std::string_view query);

// Prevents mix-up attacks (RFC 9207 §2.4). Fails with bad_callback if `iss` differs from
// `expected`, or is missing although the provider always sends it. An empty `expected` disables
// the check.
struct ReplyIssuer {
    std::string_view expected;
    bool always_sent = false;
};
[[nodiscard]] Result<void> check_issuer(const CallbackReply& reply, const ReplyIssuer& issuer);

// Fails with login_refused for access_denied. Other errors of the provider are provider_rejected
// or provider_unavailable. A response with both code and error, or with neither, is bad_callback.
[[nodiscard]] Result<base::Secret> granted_code(const CallbackReply& reply);

}  // namespace social::oauth
