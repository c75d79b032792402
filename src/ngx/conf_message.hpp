// Messages of `nginx -t` about one directive, with its file and line.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// The position of a directive by nginx's counting: the line of its semicolon, or of its opening
// brace. Lives as long as the configuration.
struct DirectivePosition {
    ngx_str_t file{};
    ngx_uint_t line = 0;

    // "file:line"
    [[nodiscard]] std::string text() const;
};

// The position of the directive that is being parsed.
[[nodiscard]] DirectivePosition position(const ngx_conf_t* cf) noexcept;

// The subject of a message: the directive `name` at `at`. `name` outlives the message.
struct ConfMessage {
    DirectivePosition at;
    std::string_view name;
};

// Each writes one line: an error, which makes `nginx -t` fail, or a warning.
void log_conf_error(ngx_conf_t* cf, const ConfMessage& about, const Error& error) noexcept;
void log_conf_warning(ngx_conf_t* cf, const ConfMessage& about, std::string_view what) noexcept;

// The error of a block that was logged at its own position. Readers of the block pass it on without
// a second line.
inline constexpr std::string_view kAlreadyLogged = "already logged";

}  // namespace social::ngx
