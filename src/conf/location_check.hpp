// The checks of one location against the rest of the configuration. The merge of the location runs
// them, so blocks may stand in any order. The core module's settings are merged already.
#pragma once

#include "settings/settings.hpp"

namespace social::ngx {

inline constexpr std::string_view kBesideHandler =
    "stands beside another content handler, as proxy_pass is one: only one of them answers, move "
    "the other to a location of its own";

// Runs the checks and looks up the credential's provider. Returns false after it has logged an
// error.
[[nodiscard]] bool complete_location(ngx_conf_t* cf, LocationSettings& own);

}  // namespace social::ngx
