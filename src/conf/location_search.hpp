// Checks the uri of social_authenticate at configuration time: finds the location of the same
// server that nginx would select.
#pragma once

#include "settings/settings.hpp"

namespace social::ngx {

// bad_request if no location has the uri. Accepts settings without a uri. Warns if the location is
// an endpoint.
[[nodiscard]] Result<void> check_credentials_uri(ngx_conf_t* cf, const LocationSettings& own);

}  // namespace social::ngx
