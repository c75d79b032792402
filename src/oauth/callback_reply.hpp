// What the provider sends the browser back with: the authorization response of
// RFC 6749 §4.1.2 or of RFC 5849 §2.2, from the raw query of the callback.
//
// Two steps on purpose. parse_callback_reply() refuses only what cannot be read,
// so that the login of the browser can be found by `state`;
// granted_code() then says whether the reply is a success. Only a success consumes the login.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace social::oauth {

struct CallbackReply {
    std::string state;
    base::Secret code;
    std::string error;            // as it came, at most 256 bytes: never shown as it is
    base::Secret oauth_token;     // OAuth 1.0a
    base::Secret oauth_verifier;  // OAuth 1.0a
    bool denied = false;          // OAuth 1.0a: the way in which X tells of a refusal
    std::string issuer;           // RFC 9207 `iss`; empty: not sent
};

// bad_callback for a malformed query, for a parameter that is there twice (RFC 6749
// §3.1), or for one that is too long. Unknown parameters are ignored (§4.1.2).
[[nodiscard]] Result<CallbackReply> parse_callback_reply(std::string_view query);

// RFC 9207 §2.4: bad_callback for an answer that names another issuer than the one the
// login was begun at (mix-up), or none although the provider always names itself. An empty
// `expected` admits every answer.
struct ReplyIssuer {
    std::string_view expected;
    bool always_sent = false;
};
[[nodiscard]] Result<void> check_issuer(const CallbackReply& reply, const ReplyIssuer& issuer);

// login_refused for access_denied, provider_rejected or provider_unavailable for
// other errors of the provider, bad_callback for a reply with both code and error,
// or with neither.
[[nodiscard]] Result<base::Secret> granted_code(const CallbackReply& reply);

}  // namespace social::oauth
