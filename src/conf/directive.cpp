#include "conf/directive.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace social::ngx {

Directive read_directive(ngx_conf_t* cf) {
    const auto* words = static_cast<const ngx_str_t*>(cf->args->elts);
    Directive directive{cf, view(words[0]), {}};
    for (ngx_uint_t i = 1; i < cf->args->nelts; ++i) {
        directive.values.push_back(view(words[i]));
    }
    return directive;
}

ngx_http_complex_value_t* compile_value(ngx_conf_t* cf, ngx_str_t text) {
    auto* value = static_cast<ngx_http_complex_value_t*>(
        ngx_pcalloc(cf->pool, sizeof(ngx_http_complex_value_t)));
    if (value == nullptr) {
        return nullptr;
    }
    ngx_http_compile_complex_value_t compile{};
    compile.cf = cf;
    compile.value = &text;
    compile.complex_value = value;
    return ngx_http_compile_complex_value(&compile) == NGX_OK ? value : nullptr;
}

std::optional<ngx_uint_t> only_variable(ngx_conf_t* cf, std::string_view text) {
    const auto is_word = [](char c) { return base::is_alnum(c) || c == '_'; };
    if (text.size() < 2 || text.front() != '$' || base::is_digit(text[1]) ||
        !std::ranges::all_of(text.substr(1), is_word)) {
        return std::nullopt;
    }
    ngx_str_t name = as_ngx(text.substr(1));
    const ngx_int_t index = ngx_http_get_variable_index(cf, &name);
    if (index == NGX_ERROR) {
        return std::nullopt;
    }
    return static_cast<ngx_uint_t>(index);
}

Result<void> parse_block(ngx_conf_t* cf, char* (*on_member)(ngx_conf_t*, ngx_command_t*, void*),
                         void* state) noexcept {
    const ngx_conf_t saved = *cf;
    cf->handler = on_member;
    cf->handler_conf = state;
    const char* rc = ngx_conf_parse(cf, nullptr);
    *cf = saved;
    return rc == NGX_CONF_OK ? Result<void>() : fail(Kind::bad_request, kAlreadyLogged);
}

}  // namespace social::ngx
