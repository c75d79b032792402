#include "module/variables.hpp"

#include "access/credential.hpp"
#include "loop/guard.hpp"
#include "request/request_state.hpp"
#include "session/redaction.hpp"

namespace social::ngx {

namespace {

void set_value(ngx_http_variable_value_t* v, const ngx_str_t& text) noexcept {
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    v->data = text.data;
    v->len = static_cast<unsigned>(text.len) & 0x0FFFFFFFU;
}

// One text of RequestState. The variable is not found if the request has no state or the text is
// empty.
template <ngx_str_t RequestState::* field>
ngx_int_t on_identity(ngx_http_request_t* r, ngx_http_variable_value_t* v,
                      uintptr_t /*data*/) noexcept {
    const RequestState* known = find_identity(r);
    if (known == nullptr || (known->*field).len == 0) {
        v->not_found = 1;
        return NGX_OK;
    }
    set_value(v, known->*field);
    return NGX_OK;
}

ngx_int_t on_request_line(ngx_http_request_t* r, ngx_http_variable_value_t* v,
                          uintptr_t /*data*/) noexcept {
    return loop::guard(r->connection->log, "request line", ngx_int_t{NGX_ERROR}, [r, v] {
        set_value(v, copy(r->pool, session::redacted_request_line(view(r->main->request_line))));
        return ngx_int_t{NGX_OK};
    });
}

// Without a credential the value is empty, not absent: proxy_set_header then sends no header.
ngx_int_t on_authorization(ngx_http_request_t* r, ngx_http_variable_value_t* v,
                           uintptr_t /*data*/) noexcept {
    return loop::guard(r->connection->log, "credential", ngx_int_t{NGX_ERROR}, [r, v] {
        set_value(v, authorization_value(r));
        return ngx_int_t{NGX_OK};
    });
}

struct Row {
    ngx_str_t name;
    ngx_http_get_variable_pt get;
};

// Not cacheable: a guard may set a value after the variable was first read.
const Row kRows[] = {
    {"social_site"_ns, &on_identity<&RequestState::site>},
    {"social_user"_ns, &on_identity<&RequestState::user>},
    {"social_provider"_ns, &on_identity<&RequestState::provider>},
    {"social_result"_ns, &on_identity<&RequestState::result>},
    {"social_store"_ns, &on_identity<&RequestState::store>},
    {"social_authorization"_ns, &on_authorization},
    {"social_request"_ns, &on_request_line},
};

}  // namespace

ngx_int_t add_variables(ngx_conf_t* cf) noexcept {
    for (const Row& row : kRows) {
        ngx_str_t name = row.name;
        ngx_http_variable_t* variable = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
        if (variable == nullptr) {
            return NGX_ERROR;
        }
        variable->get_handler = row.get;
    }
    return NGX_OK;
}

}  // namespace social::ngx
