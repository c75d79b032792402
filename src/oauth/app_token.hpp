// Asking for the token of the application itself (RFC 6749 §4.4), and that token at rest.
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

// What is stored of it; times are Unix seconds.
struct AppToken {
    base::Secret token;           // empty: none could be had
    std::int64_t good_until = 0;  // when to fetch another; 0: the token was refused
    std::int64_t ends_at = 0;     // until when it serves where none can be fetched
    std::int64_t sure_until = 0;  // a refusal before this is not believed
    std::int64_t retry_at = 0;    // the provider failed, and is not asked before
    std::uint32_t failures = 0;   // one after another
};

// Where it is stored: never the place of a session.
[[nodiscard]] session::StoreKey app_token_key(const Provider& provider);

[[nodiscard]] std::string seal_app_token(const AppToken& token, const session::StoreKey& key,
                                         const crypto::Keyring& keyring);
// Nothing for what was not sealed for this key.
[[nodiscard]] std::optional<AppToken> open_app_token(std::string_view sealed,
                                                     const session::StoreKey& key,
                                                     const crypto::Keyring& keyring);

// The provider's type gives tokens to applications.
[[nodiscard]] base::HttpRequest app_token_request(const Provider& provider);

[[nodiscard]] Result<AppToken> read_app_token(const Provider& provider,
                                              const base::HttpResponse& response, std::int64_t now);

}  // namespace social::oauth
