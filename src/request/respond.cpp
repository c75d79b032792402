#include "request/respond.hpp"

#include <new>
#include <utility>

#include "loop/guard.hpp"
#include "request/headers_filter.hpp"

namespace social::ngx {

namespace {

// `bytes` live as long as the request.
ngx_buf_t* body_buffer(ngx_http_request_t* r, ngx_str_t bytes) {
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(r->pool));
    if (buffer == nullptr) {
        throw std::bad_alloc();
    }
    buffer->start = buffer->pos = bytes.data;
    buffer->end = buffer->last = bytes.data + bytes.len;
    buffer->memory = bytes.len == 0 ? 0 : 1;
    buffer->last_buf = r == r->main ? 1 : 0;
    buffer->last_in_chain = 1;
    // As in ngx_http_send_special(): an empty buffer needs one of the special flags.
    buffer->sync = bytes.len == 0 && r != r->main ? 1 : 0;
    return buffer;
}

// Sets the charset apart, and nginx appends it to the type. The directive `charset` then neither
// adds another one nor converts the body. content_type_len excludes parameters: nginx compares the
// type with gzip_types.
void set_content_type(ngx_http_headers_out_t& out, std::string_view type) noexcept {
    constexpr std::string_view kCharset = "; charset=";
    const std::size_t charset = type.find(kCharset);
    if (charset != std::string_view::npos && charset == type.find(';')) {
        out.charset = as_ngx(type.substr(charset + kCharset.size()));
        type = type.substr(0, charset);
    }
    out.content_type = as_ngx(type);
    out.content_type_len = type.substr(0, type.find(';')).size();
    out.content_type_lowcase = nullptr;
}

}  // namespace

void set_headers(ngx_http_request_t* r, const Answer& answer) {
    ngx_http_headers_out_t& out = r->headers_out;
    out.status = static_cast<ngx_uint_t>(answer.status);
    out.content_length_n = static_cast<off_t>(answer.text().size());
    if (!answer.content_type.empty()) {
        set_content_type(out, answer.content_type);
    }
    // Responses hold tokens or session ids: no cache may store them, no browser may sniff them (RFC
    // 9700 §4.2.4).
    add_lasting_header(r, kCacheControl, kNoStore);
    add_lasting_header(r, kContentTypeOptions, kNoSniff);
    mark_own_headers(r, answer.headers.size() + (answer.challenge.empty() ? 2 : 3));
    if (!answer.challenge.empty()) {
        // auth_request copies the challenge of its subrequest from here.
        out.www_authenticate = &add_lasting_header(r, "WWW-Authenticate", answer.challenge);
    }
    for (const AnswerHeader& header : answer.headers) {
        add_lasting_header(r, header.name, header.value);
    }
}

ngx_chain_t& body_chain(ngx_http_request_t* r, const Answer& answer) {
    ngx_chain_t* link = ngx_alloc_chain_link(r->pool);
    if (link == nullptr) {
        throw std::bad_alloc();
    }
    *link = {body_buffer(r, as_ngx(answer.text())), nullptr};
    return *link;
}

Answer redirect_to(std::string location) {
    Answer answer(NGX_HTTP_MOVED_TEMPORARILY);
    answer.headers.reserve(3);  // these two and usually a cookie
    // RFC 9700 §4.2.4: Referer must not disclose this URL to the next page.
    answer.headers.push_back({kReferrerPolicy, std::string(kNoReferrer)});
    answer.headers.push_back({"Location", std::move(location)});
    return answer;
}

ngx_table_elt_t& add_lasting_header(ngx_http_request_t* r, std::string_view name,
                                    std::string_view value) {
    auto* line = static_cast<ngx_table_elt_t*>(ngx_list_push(&r->headers_out.headers));
    if (line == nullptr) {
        throw std::bad_alloc();
    }
    *line = {};
    line->hash = 1;
    line->key = as_ngx(name);
    line->value = as_ngx(value);
    return *line;
}

ngx_int_t send(ngx_http_request_t* r, Answer&& answer) noexcept {
    // post_action has no client. The log keeps the status of the first response.
    if (r->post_action != 0) {
        return NGX_OK;
    }
    return loop::guard(r->connection->log, "answer", NGX_HTTP_INTERNAL_SERVER_ERROR, [r, &answer] {
        const Answer& kept = create<Answer>(r->pool, std::move(answer));
        // After an error_page, err_status would replace the status of this response.
        r->err_status = 0;
        set_headers(r, kept);
        const ngx_int_t rc = ngx_http_send_header(r);
        if (rc == NGX_ERROR || rc > NGX_OK || r->header_only != 0) {
            return rc;
        }
        return ngx_http_output_filter(r, &body_chain(r, kept));
    });
}

}  // namespace social::ngx
