#include "ngx/conf_message.hpp"

#include <utility>

namespace social::ngx {

namespace {

// ngx_conf_log_error() appends the file and line that are being read. Both are replaced by the
// position of the directive for the call.
void write_conf_line(ngx_conf_t* cf, ngx_uint_t level, const ConfMessage& about,
                     const Error& error) noexcept {
    ngx_conf_file_t file{};
    file.file.name = about.at.file;
    file.line = about.at.line;
    ngx_conf_file_t* const reading = std::exchange(cf->conf_file, &file);
    const ngx_str_t directive = as_ngx(about.name);
    const ngx_str_t what = as_ngx(error.what);
    // nginx cuts the line at 2 KB, and the detail may hold a value of any length.
    const ngx_str_t detail = as_ngx(std::string_view(error.detail).substr(0, 512));
    ngx_conf_log_error(level, cf, 0, "\"%V\" %V%s%V", &directive, &what,
                       detail.len != 0 ? ": " : "", &detail);
    cf->conf_file = reading;
}

}  // namespace

std::string DirectivePosition::text() const {
    return std::string(view(file)) + ':' + std::to_string(line);
}

DirectivePosition position(const ngx_conf_t* cf) noexcept {
    return {.file = cf->conf_file->file.name, .line = cf->conf_file->line};
}

void log_conf_error(ngx_conf_t* cf, const ConfMessage& about, const Error& error) noexcept {
    if (error.what != kAlreadyLogged) {
        write_conf_line(cf, NGX_LOG_EMERG, about, error);
    }
}

void log_conf_warning(ngx_conf_t* cf, const ConfMessage& about, std::string_view what) noexcept {
    write_conf_line(cf, NGX_LOG_WARN, about, {Kind::bad_request, what, {}});
}

}  // namespace social::ngx
