// Redacts the request line that nginx appends to the lines of the error log; see session/redaction.
// In the access log, use $social_request in place of $request.
#pragma once

#include "ngx/ngx.hpp"

namespace social::ngx {

// From now on nginx appends the redacted line to error log lines of this request.
void redact_request_line(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
