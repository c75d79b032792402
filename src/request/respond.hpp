// The only place that writes to a request: sends an Answer, or puts one in the place of
// what nginx was going to send.
#pragma once

#include <string>
#include <string_view>

#include "ngx/ngx.hpp"
#include "request/answer.hpp"

namespace social::ngx {

// Sends headers and body, with the headers that every answer of ours carries.
// Gives what a content handler returns. What nginx still needs afterwards is in the
// request's pool: the answer moves there, and nothing of it is copied.
[[nodiscard]] ngx_int_t send(ngx_http_request_t* r, Answer&& answer) noexcept;

// The two halves of it, for the envelope filter; `answer` lives as long as the request. The
// body's last buffer is that of the request. Both throw std::bad_alloc.
void set_headers(ngx_http_request_t* r, const Answer& answer);
[[nodiscard]] ngx_chain_t& body_chain(ngx_http_request_t* r, const Answer& answer);

// Adds a header line to what the request will send; `name` and `value` live as long as the
// request. Throws std::bad_alloc.
ngx_table_elt_t& add_lasting_header(ngx_http_request_t* r, std::string_view name,
                                    std::string_view value);

}  // namespace social::ngx
