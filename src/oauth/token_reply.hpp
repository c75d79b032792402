// The token endpoint: requests for tokens and the reading of its answers
// (RFC 6749 §4.1.3, §5.1, §5.2). Secrets travel in bodies and headers, not in URLs,
// except where a provider documents the query alone.
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
    base::Secret refresh_token;  // empty where the provider gave none
    base::Secret id_token;       // OpenID Connect, unproven; empty elsewhere
    std::string scope;           // as granted, or as requested (§5.1)
    std::int64_t lifetime = 0;   // seconds from now; 0: no end is known
};

// §4.1.3, with the code_verifier where the login has one (RFC 7636 §4.5).
[[nodiscard]] base::HttpRequest code_request(const Provider& provider, const session::Login& login,
                                             const base::Secret& code);

// The type's TokenSwap, which must be there.
[[nodiscard]] base::HttpRequest token_swap_request(const Provider& provider,
                                                   const base::Secret& access_token);

// The same for the type's renewal.
[[nodiscard]] base::HttpRequest token_renewal_request(const Provider& provider,
                                                      const base::Secret& access_token);

// provider_rejected or provider_unavailable for everything but a bearer token that
// can be sent in a header, with an end that makes sense. A missing expires_in means
// the type's default_lifetime.
[[nodiscard]] Result<TokenReply> read_token_reply(const Provider& provider,
                                                  const base::HttpResponse& response);

// The refresh token of an answer that read_token_reply() refuses for something else; empty where
// it has none. A provider that rotates its tokens takes no other from then on.
[[nodiscard]] base::Secret rotated_refresh_token(const base::HttpResponse& response);

// "Basic …" of RFC 6749 §2.3.1: both halves are form-encoded first.
[[nodiscard]] std::string basic_credentials(const Provider& provider);

// A POST of the form to one of the provider's endpoints, with the client's credentials
// added in the provider's way, in the body or as Basic.
[[nodiscard]] base::HttpRequest client_request(const Provider& provider, const std::string& url,
                                               FormText form);

}  // namespace social::oauth
