#include "endpoint/subrequest.hpp"

#include <openssl/crypto.h>

#include <new>

#include "base/ascii.hpp"
#include "coro/result_task.hpp"

namespace social::ngx {

namespace {

constexpr std::string_view kSubject = "X-Social-Subject";

template <class T>
T& allocate(ngx_pool_t* pool) {
    void* memory = ngx_pcalloc(pool, sizeof(T));
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return *static_cast<T*>(memory);
}

void on_pool_end(void* bytes) noexcept {
    const auto* text = static_cast<ngx_str_t*>(bytes);
    OPENSSL_cleanse(text->data, text->len);
}

// The state after nginx has read a body into one buffer.
ngx_http_request_body_t* body_of(ngx_pool_t* pool, std::string_view text) {
    ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(pool, sizeof(ngx_str_t));
    auto* link = ngx_alloc_chain_link(pool);
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(pool));
    if (cleanup == nullptr || link == nullptr || buffer == nullptr) {
        throw std::bad_alloc();
    }
    const ngx_str_t bytes = copy(pool, text);
    *static_cast<ngx_str_t*>(cleanup->data) = bytes;
    cleanup->handler = &on_pool_end;
    buffer->start = buffer->pos = bytes.data;
    buffer->end = buffer->last = bytes.data + bytes.len;
    buffer->temporary = 1;
    buffer->last_buf = 1;
    *link = {.buf = buffer, .next = nullptr};
    auto& body = allocate<ngx_http_request_body_t>(pool);
    body.bufs = link;
    body.buf = buffer;
    body.received = static_cast<off_t>(bytes.len);
    return &body;
}

// The value of a header with one line only. A repeated one is refused: a proxy may have added it.
std::string_view only_header_out(ngx_http_request_t* r, std::string_view name) noexcept {
    std::string_view found;
    for (ngx_list_part_t* part = &r->headers_out.headers.part; part != nullptr; part = part->next) {
        const auto* lines = static_cast<const ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i) {
            if (lines[i].hash == 0 || !base::equals_ignoring_case(view(lines[i].key), name)) {
                continue;
            }
            if (!found.empty()) {
                return {};
            }
            found = view(lines[i].value);
        }
    }
    return found;
}

}  // namespace

Subrequest::Subrequest(ngx_http_request_t* r, const LocationUri& target, std::string_view body)
    : state_(&allocate<State>(r->pool)) {
    auto& post = allocate<ngx_http_post_subrequest_t>(r->pool);
    ngx_http_request_body_t* carried = body_of(r->pool, body);
    post.handler = &Subrequest::on_finalized;
    post.data = state_;
    ngx_str_t uri = target.uri;
    ngx_str_t args = target.args;
    ngx_http_request_t* sr = nullptr;
    if (ngx_http_subrequest(r, &uri, &args, &sr, &post, NGX_HTTP_SUBREQUEST_BACKGROUND) != NGX_OK) {
        throw flow::Failure(Error{Kind::internal, "nginx refuses a subrequest", {}});
    }
    sr->method = r->method;
    sr->method_name = r->method_name;
    sr->header_only = 1;
    sr->request_body = carried;
    sr->headers_in.content_length_n = static_cast<off_t>(body.size());
    sr->headers_in.chunked = 0;
    state_->request = sr;
    state_->awaiter = this;
}

Subrequest::~Subrequest() {
    state_->awaiter = nullptr;
}

// nginx calls it several times if an error page or a blocked write intervenes.
ngx_int_t Subrequest::on_finalized(ngx_http_request_t* /*sr*/, void* state, ngx_int_t rc) noexcept {
    if (Subrequest* awaiter = static_cast<State*>(state)->awaiter) {
        awaiter->settled_.post();
    }
    return rc;
}

// Runs as a posted event, after nginx has finished the calls above. While another call of
// on_finalized() is due, it does nothing.
void Subrequest::settle() noexcept {
    if (state_->request->done != 0) {
        waiting_.resume();
    }
}

Subrequest::Response Subrequest::await_resume() const {
    return {.status = state_->request->headers_out.status,
            .subject = std::string(only_header_out(state_->request, kSubject))};
}

}  // namespace social::ngx
