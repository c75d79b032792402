// Request lines without their secrets. The URLs of this module carry codes, state
// and session ids, and nginx writes the request line into both logs: into the
// access log by $request, for which $social_request stands in, and at the end of
// each line of the error log, for which mask_request_line() stands in.
#pragma once

#include <string>
#include <string_view>

#include "ngx/ngx.hpp"

namespace social::ngx {

// `line` with "*" for what follows "/session/" in the path, however that is escaped or
// spelled, for whatever else may be a session id there, and for the value of each query
// parameter. The value of redirectUrl is kept up to its own query.
[[nodiscard]] std::string masked(std::string_view line);

// From here on nginx appends the masked line to what it logs for this request.
void mask_request_line(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
