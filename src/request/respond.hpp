// Writes responses: the only place that does so. Sends an Answer, or replaces nginx's own response
// by one.
#pragma once

#include <string>
#include <string_view>

#include "ngx/ngx.hpp"
#include "request/answer.hpp"

namespace social::ngx {

// Sends status, headers and body. Returns a content handler's code. The answer moves to the
// request's pool; no part is copied. In post_action it sends nothing and returns NGX_OK.
[[nodiscard]] ngx_int_t send(ngx_http_request_t* r, Answer&& answer) noexcept;

// The two halves of send(), for the envelope filter; `answer` lives as long as the request. The
// last buffer of the body is the last one of the response. Both throw std::bad_alloc.
void set_headers(ngx_http_request_t* r, const Answer& answer);
[[nodiscard]] ngx_chain_t& body_chain(ngx_http_request_t* r, const Answer& answer);

// Adds a response header; `name` and `value` live as long as the request. Throws std::bad_alloc.
ngx_table_elt_t& add_lasting_header(ngx_http_request_t* r, std::string_view name,
                                    std::string_view value);

}  // namespace social::ngx
