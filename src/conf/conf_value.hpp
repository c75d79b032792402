// Reads the values of directives: files, secrets, times, sizes. Call it at configuration time only.
// Errors are bad_request, with a text that completes the line `"directive" …`.
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

// The absolute path of a file, relative to the directory of nginx.conf. Throws std::bad_alloc.
[[nodiscard]] std::string conf_path(ngx_conf_t* cf, std::string_view path);

inline constexpr std::string_view kEmpty = "is empty, write the value or leave the directive out";
inline constexpr std::string_view kTooLarge = "names a file of over 1 MiB";

// Reads a regular file of at most 1 MiB. A larger file returns kTooLarge.
[[nodiscard]] Result<std::string> read_file(ngx_conf_t* cf, std::string_view path);

// As read_file(), and refuses a world-readable file.
[[nodiscard]] Result<base::Secret> read_secret_file(ngx_conf_t* cf, std::string_view path);

// Reads a ca_file into `files` once. Returns the path, which is its key there.
[[nodiscard]] Result<std::string> add_certificates(ngx_conf_t* cf, std::string_view path,
                                                   loop::CertificateFiles& files);

// The content of "file:PATH" without its last newline, the value of "env:NAME", or the text itself.
[[nodiscard]] Result<base::Secret> secret_value(ngx_conf_t* cf, std::string_view text);

// nginx's time ("15m", "24h", "0s") in seconds, at most a hundred years.
[[nodiscard]] Result<std::int64_t> seconds_value(std::string_view text);

// As seconds_value(), and refuses zero.
[[nodiscard]] Result<std::int64_t> lifetime_value(std::string_view text);

// nginx's time, over zero and at most a minute: a login takes no longer. `mistake` is the error
// text of any other value and has static storage.
[[nodiscard]] Result<std::chrono::milliseconds> timeout_value(std::string_view text,
                                                              std::string_view mistake);

// nginx's size ("32m") in bytes.
[[nodiscard]] Result<std::size_t> size_value(std::string_view text);

// Sets a text that may occur once. Refuses a duplicate and an empty value.
[[nodiscard]] Result<void> set_text(const Directive& directive, std::string& target);

// Warns of a value with "$name": the directive takes no variables and uses the text as it is
// written.
void warn_of_variable(const Directive& directive) noexcept;

// The rest of `text` after `name`, for example of "size=32m" after "size=". Returns nullopt if
// `text` has another prefix.
[[nodiscard]] std::optional<std::string_view> parameter(std::string_view text,
                                                        std::string_view name);

}  // namespace social::ngx
