// The request line that nginx appends to the lines of the error log, without its secrets: see
// session/redaction. In the access log, $social_request stands in for $request.
#pragma once

#include "ngx/ngx.hpp"

namespace social::ngx {

// From here on nginx appends the redacted line to what it logs for this request.
void redact_request_line(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
