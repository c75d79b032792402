// The `quota` of a site: the limit and its time window. Made at configuration time and read-only
// afterwards. The TimeZones that it was parsed with outlive it. access/quota counts the requests.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "quota/quota_window.hpp"
#include "quota/time_zone.hpp"

namespace social::site {

enum class QuotaPer : std::uint8_t { site, user };

// The decision about a request if the store of the counters is unavailable.
enum class OnStoreError : std::uint8_t { allow, deny };

struct Quota {
    QuotaWindow window;
    std::uint64_t limit = 0;  // admitted requests in one window
    QuotaPer per = QuotaPer::site;
    OnStoreError on_error = OnStoreError::deny;
    int status = 401;        // of a refused request: 401 or 429
    std::string definition;  // of the window; a changed definition starts a new counter
    std::string counter;     // counter name: the site's id and the definition; set by the block
    std::string group;       // group name of the users' counters; "": the site has one counter
};

// Parses "limit=1000 window=18:00-06:00 timezone=Asia/Jakarta per=site|user status=401|429
// on_error=allow|deny" in any order. Only `limit` is required. Fails with bad_request; `detail` is
// the parameter.
[[nodiscard]] Result<Quota> parse_quota(std::span<const std::string_view> words, TimeZones& zones);

}  // namespace social::site
