// A login in progress: what the browser's sealed cookie carries from /auth to
// /callback.
//
// `state` of the authorization request is `id`.`nonce`: the id names the cookie,
// the nonce must equal the one sealed inside it (RFC 6749 §10.12). The id is
// consumed in the store in front of the code exchange, so a login is finished once.
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

// What logins have in common that begin alike.
struct LoginTerms {
    std::string provider;      // name of the provider block
    std::string site;          // id of the site
    std::string return_to;     // the redirectUrl, as it was admitted
    std::string callback_url;  // the redirect_uri of this login, byte for byte
};

inline constexpr std::size_t kStatePart = 22;  // characters of base64url: 132 random bits
using StatePart = base::FixedText<kStatePart>;

// The same for 264 random bits. RFC 7636 §4.1 wants 43 to 128 characters.
inline constexpr std::size_t kCodeVerifier = 44;
using CodeVerifier = base::FixedSecret<kCodeVerifier>;

// What each of them has of its own.
struct LoginSecrets {
    StatePart id;
    StatePart nonce;
    CodeVerifier code_verifier;   // PKCE (RFC 7636); empty where not used
    base::Secret request_token;   // OAuth 1.0a; empty elsewhere
    base::Secret request_secret;  // OAuth 1.0a
    std::string oidc_nonce;       // OpenID Connect; empty elsewhere
    std::int64_t started_at = 0;  // Unix seconds

    [[nodiscard]] std::string state() const;
};

struct Login : LoginTerms, LoginSecrets {};

// Seals logins that have their terms in common, which are put into fields once.
class LoginSealer {
public:
    explicit LoginSealer(const LoginTerms& terms);

    // Appends the cookie's value: base64url of the sealed record, with the id as associated data.
    void append(std::string& out, const LoginSecrets& login, const crypto::Keyring& keyring) const;

private:
    std::string terms_;
};

// Nothing unless `cookie` was sealed for `id` by one of the keys.
// Says nothing of its age: see expired().
[[nodiscard]] std::optional<Login> open_login(std::string_view id, std::string_view cookie,
                                              const crypto::Keyring& keyring);

// Also true for a login that claims to begin in the future (clock moved back).
[[nodiscard]] bool expired(const Login& login, std::int64_t now) noexcept;

struct State {
    std::string_view id;
    std::string_view nonce;
};

// Splits "id.nonce"; nothing unless both parts have exactly their characters of the
// base64url alphabet.
[[nodiscard]] std::optional<State> parse_state(std::string_view state);

}  // namespace social::session
