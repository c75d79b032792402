// What has to hold once all of http{} has been read, whatever the order of its directives: called
// from init_main_conf, in front of the merges. The checks of one location are in
// conf/location_check.hpp.
#pragma once

#include "settings/settings.hpp"

namespace social::ngx {

// Opens the store of a configuration that names none, and declares the zones that depend on all
// blocks. False when the mistake is in the log.
[[nodiscard]] bool complete_http(ngx_conf_t* cf, MainSettings& settings);

// For postconfiguration, where all directives have asked for their variables: warns of a credential
// that nothing sends.
void warn_of_unused_credential(ngx_conf_t* cf, const MainSettings& settings) noexcept;

}  // namespace social::ngx
