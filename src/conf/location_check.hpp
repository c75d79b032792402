// What has to hold of a location, beside the rest of the configuration: called when nginx merges
// it, so that blocks may stand in any order. The core module has merged its settings before.
#pragma once

#include "settings/settings.hpp"

namespace social::ngx {

inline constexpr std::string_view kBesideHandler =
    "stands beside another content handler, as proxy_pass is one: only one of them answers, move "
    "the other to a location of its own";

// Finds what the location names. False when the mistake is in the log.
[[nodiscard]] bool complete_location(ngx_conf_t* cf, LocationSettings& own);

}  // namespace social::ngx
