// A login in progress: the browser carries it in a sealed cookie from /auth to /callback.
//
// `state` of the authorization request is `id`.`nonce`. The id is part of the cookie's name. The
// nonce must equal the one in the cookie (RFC 6749 §10.12). The store consumes the id before the
// code exchange, so a login completes at most once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fixed_text.hpp"
#include "base/secret.hpp"
#include "crypto/keyring.hpp"

namespace social::session {

inline constexpr std::int64_t kLoginLifetime = 600;  // seconds

// The parts that do not depend on the user.
struct AuthorizationContext {
    std::string provider;      // name of the provider block
    std::string site;          // id of the site
    std::string return_to;     // the validated redirectUrl
    std::string callback_url;  // the redirect_uri, sent unchanged in both requests
};

inline constexpr std::size_t kStatePart = 22;  // characters of base64url: 132 random bits
using StatePart = base::FixedText<kStatePart>;

// Characters of base64url: 264 random bits. RFC 7636 §4.1 requires 43 to 128 characters.
inline constexpr std::size_t kCodeVerifier = 44;
using CodeVerifier = base::FixedSecret<kCodeVerifier>;

// The parts of one login.
struct AuthorizationState {
    StatePart id;
    StatePart nonce;
    CodeVerifier code_verifier;   // PKCE (RFC 7636); empty if not used
    base::Secret request_token;   // OAuth 1.0a; empty otherwise
    base::Secret request_secret;  // OAuth 1.0a
    std::string oidc_nonce;       // OpenID Connect; empty otherwise
    std::int64_t started_at = 0;  // Unix seconds

    [[nodiscard]] std::string state() const;
};

struct Login : AuthorizationContext, AuthorizationState {};

// Seals logins with the same context, which is serialized once.
class StateCipher {
public:
    explicit StateCipher(const AuthorizationContext& context);

    // Appends the value of the cookie: base64url of the sealed record. The id is the associated
    // data. Throws as crypto::seal() does.
    void append(std::string& out, const AuthorizationState& login,
                const crypto::Keyring& keyring) const;

private:
    std::string context_;
};

// Returns nullopt unless a key of the ring sealed `cookie` for `id`. Does not check the age: see
// expired().
[[nodiscard]] std::optional<Login> open_login(std::string_view id, std::string_view cookie,
                                              const crypto::Keyring& keyring);

// Also true if `started_at` is in the future: then the clock was moved back.
[[nodiscard]] bool expired(const Login& login, std::int64_t now) noexcept;

struct State {
    std::string_view id;
    std::string_view nonce;
};

// Splits "id.nonce". Returns nullopt unless both parts have kStatePart characters of base64url. The
// views point into `state`.
[[nodiscard]] std::optional<State> parse_state(std::string_view state);

}  // namespace social::session
