// The checks of http{} that need all of its directives, in any order. init_main_conf runs them
// before the merges. conf/location_check.hpp has those of one location.
#pragma once

#include "settings/settings.hpp"

namespace social::ngx {

// Opens the default store if needed and declares the zones that depend on several blocks. Returns
// false after it has logged an error.
[[nodiscard]] bool complete_http(ngx_conf_t* cf, MainSettings& settings);

// Warns of a credential that no directive sends. Call it in postconfiguration, after all directives
// have registered their variables.
void warn_of_unused_credential(ngx_conf_t* cf, const MainSettings& settings) noexcept;

}  // namespace social::ngx
