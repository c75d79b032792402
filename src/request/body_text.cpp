#include "request/body_text.hpp"

#include <algorithm>
#include <stdexcept>

namespace social::ngx {

namespace {

void append_file(std::string& text, const ngx_buf_t& piece, std::size_t size) {
    const std::size_t before = text.size();
    text.resize(before + size);
    const ssize_t read =
        ngx_read_file(piece.file, reinterpret_cast<u_char*>(&text[before]), size, piece.file_pos);
    if (read != static_cast<ssize_t>(size)) {
        throw std::runtime_error("the request body cannot be read from its file");
    }
}

}  // namespace

void append_piece(std::string& text, const ngx_buf_t& piece, std::size_t limit) {
    const auto all = static_cast<std::size_t>(ngx_buf_size(&piece));
    const std::size_t size = std::min(all, limit);
    if (ngx_buf_in_memory(&piece)) {
        text.append(reinterpret_cast<const char*>(piece.pos), size);
    } else if (size != 0) {
        append_file(text, piece, size);
    }
}

std::optional<std::string> body_text(const ngx_http_request_t& r, std::size_t limit) {
    std::string text;
    if (r.request_body == nullptr) {
        return text;
    }
    for (ngx_chain_t* link = r.request_body->bufs; link != nullptr; link = link->next) {
        if (static_cast<std::size_t>(ngx_buf_size(link->buf)) > limit - text.size()) {
            return std::nullopt;
        }
        append_piece(text, *link->buf, limit);
    }
    return text;
}

}  // namespace social::ngx
