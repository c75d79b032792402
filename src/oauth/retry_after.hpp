// The delay that a provider requests: Retry-After (RFC 9110 §10.2.3), or X's x-rate-limit-reset of
// a 429.
#pragma once

#include <cstdint>

#include "base/http_message.hpp"

namespace social::oauth {

// Returns seconds from `now` (Unix seconds), at most a day. 0: no valid header.
[[nodiscard]] std::int64_t retry_after(const base::HttpResponse& response, std::int64_t now);

}  // namespace social::oauth
