// Values of directives: files, secrets, times. Read at configuration time only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "conf/directive.hpp"
#include "http_client/curl_multi.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// The path of a configuration file, relative to nginx.conf as in nginx itself.
[[nodiscard]] std::string conf_path(ngx_conf_t* cf, std::string_view path);

inline constexpr std::string_view kEmpty = "is empty, write the value or leave the directive out";
inline constexpr std::string_view kTooLarge = "names a file of over 1 MiB";

// A whole regular file of at most 1 MiB, else bad_request, with kTooLarge for a larger one.
[[nodiscard]] Result<std::string> read_file(ngx_conf_t* cf, std::string_view path);

// The same, and refuses a file that everybody on the machine can read.
[[nodiscard]] Result<base::Secret> read_secret_file(ngx_conf_t* cf, std::string_view path);

// Reads a ca_file: the path under which `files` has its certificates from here on.
[[nodiscard]] Result<std::string> add_certificates(ngx_conf_t* cf, std::string_view path,
                                                   loop::CertificateFiles& files);

// "file:PATH" without its last newline, "env:NAME", or the text itself.
[[nodiscard]] Result<base::Secret> secret_value(ngx_conf_t* cf, std::string_view text);

// nginx's time ("15m", "24h", "0s") in seconds.
[[nodiscard]] Result<std::int64_t> seconds_value(std::string_view text);

// The same of over zero.
[[nodiscard]] Result<std::int64_t> lifetime_value(std::string_view text);

// nginx's time of at most a minute, as a login takes no longer; `mistake` tells of any other.
[[nodiscard]] Result<std::chrono::milliseconds> timeout_value(std::string_view text,
                                                              std::string_view mistake);

// nginx's size ("32m") in bytes.
[[nodiscard]] Result<std::size_t> size_value(std::string_view text);

// A text that stands once and is kept as written.
[[nodiscard]] Result<void> set_text(const Directive& directive, std::string& target);

// Warns of a value that looks like a variable, in a directive that takes none: it would be used as
// it is written.
void warn_of_variable(const Directive& directive) noexcept;

// What follows `name` in a parameter such as "size=32m".
[[nodiscard]] std::optional<std::string_view> parameter(std::string_view text,
                                                        std::string_view name);

}  // namespace social::ngx
