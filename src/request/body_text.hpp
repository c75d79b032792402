// Copies a request body that nginx has read, from its buffers or its temporary file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "ngx/ngx.hpp"

namespace social::ngx {

// Appends at most `limit` bytes of one buffer of a body chain. Does not allocate if `text` has the
// capacity. Throws std::bad_alloc, or std::runtime_error if the file cannot be read.
void append_piece(std::string& text, const ngx_buf_t& piece, std::size_t limit);

// The whole body; empty for a request without one. Returns nullopt if it is longer than `limit`
// bytes. Throws as append_piece() does.
[[nodiscard]] std::optional<std::string> body_text(const ngx_http_request_t& r, std::size_t limit);

}  // namespace social::ngx
