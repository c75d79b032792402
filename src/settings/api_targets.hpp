// The prefixes of the API's request targets. nginx detects some errors before it selects the
// location: an overlong or malformed request line or header, and TRACE. Only the raw target then
// shows that the request was meant for the API.
//
// Collected while a server{} is parsed, and part of its settings from then on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ngx/ngx.hpp"

namespace social::ngx {

struct ApiTarget {
    std::string head;        // the literal prefix of the location's name
    std::string_view allow;  // methods, for a 405; static storage
};

using ApiTargets = std::vector<ApiTarget>;

// Registers the location{} that is being parsed. It skips a name without a usable prefix, such as
// "/" or "~ session". Early errors below such a location have no envelope.
void register_api_location(ngx_conf_t* cf, std::string_view allow);

// The longest prefix of the request's target in its server, or nullptr. It lives as long as the
// configuration.
[[nodiscard]] const ApiTarget* find_api_target(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
