// The application's access token by the client credentials grant (RFC 6749 §4.4): request, response
// and encrypted storage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "base/secret.hpp"
#include "crypto/keyring.hpp"
#include "oauth/provider.hpp"
#include "session/record.hpp"

namespace social::oauth {

// The stored token. Times are Unix seconds.
struct AppToken {
    base::Secret token;              // empty: never obtained
    std::int64_t refresh_at = 0;     // when to fetch the next token; 0: the API rejected it
    std::int64_t ends_at = 0;        // expiry; used until then while fetches fail
    std::int64_t trusted_until = 0;  // a rejection before this is ignored
    std::int64_t retry_at = 0;       // after a failed fetch, no fetch before this
    std::uint32_t failures = 0;      // consecutive
};

// The store key, distinct from all session keys.
[[nodiscard]] session::StoreKey app_token_key(const Provider& provider);

[[nodiscard]] std::string seal_app_token(const AppToken& token, const session::StoreKey& key,
                                         const crypto::Keyring& keyring);
// Returns nullopt for a value that was not sealed for this key, or has another version.
[[nodiscard]] std::optional<AppToken> open_app_token(std::string_view sealed,
                                                     const session::StoreKey& key,
                                                     const crypto::Keyring& keyring);

// Precondition: the provider's type has `client_credentials`.
[[nodiscard]] base::HttpRequest app_token_request(const Provider& provider);

// Errors are those of read_token_reply(). `now` is in Unix seconds.
[[nodiscard]] Result<AppToken> read_app_token(const Provider& provider,
                                              const base::HttpResponse& response, std::int64_t now);

}  // namespace social::oauth
