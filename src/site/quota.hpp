// The `quota` of a site: how often it may be used, and when. Made at configuration
// time and read-only after that; the TimeZones that it was parsed with outlive it.
// Counting is not here: see ngx/quota.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "site/quota_window.hpp"
#include "site/time_zone.hpp"

namespace social::site {

enum class QuotaPer : std::uint8_t { site, user };

// What happens to a request when the store of the counters cannot be asked.
enum class OnStoreError : std::uint8_t { allow, deny };

struct Quota {
    QuotaWindow window;
    std::uint64_t limit = 0;  // admitted requests in one window
    QuotaPer per = QuotaPer::site;
    OnStoreError on_error = OnStoreError::deny;
    int status = 401;        // of a refused request: 401 or 429
    std::string definition;  // of the window: another one in the configuration counts anew
    std::string counter;     // its name: the site's id and the definition; the site's block sets it
    std::string group;       // of the counters of its users; "" where the site has one counter
};

// "limit=1000 window=18:00-06:00 timezone=Asia/Jakarta per=site|user status=401|429
// on_error=allow|deny", in any order; only `limit` is required. bad_request, naming
// the parameter in detail, for everything else.
[[nodiscard]] Result<Quota> parse_quota(std::span<const std::string_view> words, TimeZones& zones);

}  // namespace social::site
