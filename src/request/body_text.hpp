// Copies the bytes of a request body that nginx has read, from its buffers or from its
// temporary file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "ngx/ngx.hpp"

namespace social::ngx {

// Appends one piece of a body chain, at most `limit` bytes of it. Does not allocate where `text`
// has the capacity. Throws std::bad_alloc, or std::runtime_error for a file that cannot be read.
void append_piece(std::string& text, const ngx_buf_t& piece, std::size_t limit);

// The whole body; empty for a request without one. Returns nothing if it is longer than `limit`
// bytes. Throws as append_piece() does.
[[nodiscard]] std::optional<std::string> body_text(const ngx_http_request_t& r, std::size_t limit);

}  // namespace social::ngx
