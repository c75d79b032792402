#include "ngx/directive.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace social::ngx {

namespace {

// nginx ends the line with the file and the line that it reads at the moment: both are set to
// where the directive stands.
void write_conf_line(ngx_conf_t* cf, ngx_uint_t level, const ConfMessage& about,
                     const Error& error) noexcept {
    ngx_conf_file_t file{};
    file.file.name = about.at.file;
    file.line = about.at.line;
    ngx_conf_file_t* const reading = std::exchange(cf->conf_file, &file);
    const ngx_str_t directive = as_ngx(about.name);
    const ngx_str_t what = as_ngx(error.what);
    // nginx cuts the line at 2 KB; the detail may hold a value of any length.
    const ngx_str_t detail = as_ngx(std::string_view(error.detail).substr(0, 512));
    ngx_conf_log_error(level, cf, 0, "\"%V\" %V%s%V", &directive, &what,
                       detail.len != 0 ? ": " : "", &detail);
    cf->conf_file = reading;
}

}  // namespace

Directive read_directive(ngx_conf_t* cf) {
    const auto* words = static_cast<const ngx_str_t*>(cf->args->elts);
    Directive directive{cf, view(words[0]), {}};
    for (ngx_uint_t i = 1; i < cf->args->nelts; ++i) {
        directive.values.push_back(view(words[i]));
    }
    return directive;
}

std::string DirectivePosition::text() const {
    return std::string(view(file)) + ':' + std::to_string(line);
}

DirectivePosition position(const ngx_conf_t* cf) noexcept {
    return {.file = cf->conf_file->file.name, .line = cf->conf_file->line};
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

void log_conf_error(ngx_conf_t* cf, const ConfMessage& about, const Error& error) noexcept {
    if (error.what != kAlreadyLogged) {
        write_conf_line(cf, NGX_LOG_EMERG, about, error);
    }
}

void log_conf_warning(ngx_conf_t* cf, const ConfMessage& about, std::string_view what) noexcept {
    write_conf_line(cf, NGX_LOG_WARN, about, {Kind::bad_request, what, {}});
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
