// When a provider wants to be asked again: Retry-After (RFC 9110 §10.2.3), or the end of
// the window in which it admits no more calls, as X tells it.
#pragma once

#include <cstdint>

#include "base/http_message.hpp"

namespace social::oauth {

// Seconds from `now` (Unix seconds), at most a day; 0 where the answer says nothing usable.
[[nodiscard]] std::int64_t retry_after(const base::HttpResponse& response, std::int64_t now);

}  // namespace social::oauth
