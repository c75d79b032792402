// What request targets of the API begin with. nginx finds some errors before it has looked
// for the location (a request line or header that is too long or malformed, TRACE): whether
// such a request was meant for the API, its raw target alone can tell.
//
// Collected while a server{} is read and part of its settings from then on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ngx/ngx.hpp"

namespace social::ngx {

struct ApiTarget {
    std::string head;        // the literal beginning of the location's name
    std::string_view allow;  // methods, for a 405; static storage
};

using ApiTargets = std::vector<ApiTarget>;

// Takes down the location{} that is being read. One whose name tells nothing, as "/" or
// "~ session", is left out: that costs the envelope of those early errors, no more.
void register_api_location(ngx_conf_t* cf, std::string_view allow);

// The longest of the request's server that fits, or nullptr.
[[nodiscard]] const ApiTarget* find_api_target(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
