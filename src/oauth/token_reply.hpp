// Requests to the token endpoint and its responses (RFC 6749 §4.1.3, §5.1, §5.2). Secrets are sent
// in bodies and headers. They are sent in URLs only where the provider documents nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "base/secret.hpp"
#include "oauth/form_text.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::oauth {

inline constexpr std::size_t kMaxToken = 16 * 1024;                    // bytes
inline constexpr std::size_t kMaxScope = 4096;                         // bytes
inline constexpr std::int64_t kMaxLifetime = 100LL * 365 * 24 * 3600;  // seconds

struct TokenReply {
    base::Secret access_token;
    base::Secret refresh_token;  // empty: none
    base::Secret id_token;       // OpenID Connect, not verified; empty: none
    std::string scope;           // as granted, or as requested (§5.1)
    std::int64_t lifetime = 0;   // seconds from now; 0: no expiry
};

// §4.1.3, with the code_verifier if the login has one (RFC 7636 §4.5).
[[nodiscard]] base::HttpRequest code_request(const Provider& provider, const session::Login& login,
                                             const base::Secret& code);

// Precondition: the provider's type has `long_lived`.
[[nodiscard]] base::HttpRequest token_swap_request(const Provider& provider,
                                                   const base::Secret& access_token);

// Precondition: the provider's type has `renewal`.
[[nodiscard]] base::HttpRequest token_refresh_request(const Provider& provider,
                                                      const base::Secret& access_token);

// Errors are those of read_object(). A response without a valid bearer token (RFC 6750 §2.1), or
// with an invalid expires_in, is provider_unavailable. A missing expires_in means the type's
// default_lifetime.
[[nodiscard]] Result<TokenReply> read_token_reply(const Provider& provider,
                                                  const base::HttpResponse& response);

// The refresh token of a response that read_token_reply() refuses. Empty: none, or an invalid one.
// A provider that rotates refresh tokens accepts only the new one from then on.
[[nodiscard]] base::Secret rotated_refresh_token(const base::HttpResponse& response);

// "Basic …" (RFC 6749 §2.3.1): client id and secret are form-encoded first.
[[nodiscard]] std::string basic_credentials(const Provider& provider);

// POSTs the form to `url` with client authentication, in the body or as Basic (RFC 6749 §2.3.1).
[[nodiscard]] base::HttpRequest client_request(const Provider& provider, const std::string& url,
                                               FormText form);

}  // namespace social::oauth
