// The check of social_authenticate: which location a uri of the same server leads to, as nginx
// finds it, while the configuration is read.
#pragma once

#include "settings/settings.hpp"

namespace social::ngx {

// bad_request where no location has the uri; there may be no uri. Warns of one that is an endpoint.
[[nodiscard]] Result<void> check_credentials_uri(ngx_conf_t* cf, const LocationSettings& own);

}  // namespace social::ngx
