// The mistakes of a social_provider block that show before it is laid over its row.
#pragma once

#include "base/error.hpp"
#include "oauth/provider.hpp"

namespace social::oauth {

// bad_request, as make_provider() says: a credential that none can be, a URL that is not https, a
// member that nothing of the type reads, half of a pair.
[[nodiscard]] Result<void> check_settings(const ProviderType& type,
                                          const ProviderSettings& settings);

}  // namespace social::oauth
