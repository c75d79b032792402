// Validates a social_provider block before it is merged with its row.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "oauth/provider.hpp"

namespace social::oauth {

// True for 1 to 64 letters, digits, "_" and "-". A name is part of URLs, and of keys that instances
// share.
[[nodiscard]] bool is_provider_name(std::string_view name) noexcept;

// Fails with bad_request, in the form of make_provider(), for:
// 1. an invalid name, credential, api_version or timeout;
// 2. a URL that is neither https nor http to a loopback host;
// 3. a member that the type does not use;
// 4. only one of access_token and access_token_secret, if the type needs both.
[[nodiscard]] Result<void> check_settings(const ProviderType& type,
                                          const ProviderSettings& settings);

}  // namespace social::oauth
