// Messages of `nginx -t` about one directive, with the file and the line of that directive.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// Where a directive stands, as nginx counts: the line on which it ends, or on which its block
// begins. Lives as long as the configuration.
struct DirectivePosition {
    ngx_str_t file{};
    ngx_uint_t line = 0;

    // "file:line"
    [[nodiscard]] std::string text() const;
};

// Of the directive that is being read.
[[nodiscard]] DirectivePosition position(const ngx_conf_t* cf) noexcept;

// A message about the directive `name` that stands at `at`.
struct ConfMessage {
    DirectivePosition at;
    std::string_view name;
};

// Writes the one line: of a mistake, which ends `nginx -t`, or of a warning.
void log_conf_error(ngx_conf_t* cf, const ConfMessage& about, const Error& error) noexcept;
void log_conf_warning(ngx_conf_t* cf, const ConfMessage& about, std::string_view what) noexcept;

// A block's own error was logged where it stands; whoever reads the block only passes it on.
inline constexpr std::string_view kAlreadyLogged = "already logged";

}  // namespace social::ngx
