#include "conf/conf_value.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/ascii.hpp"

namespace social::ngx {

namespace {

constexpr std::uintmax_t kMaxFile = 1024 * 1024;

// A hundred years. The sum with any Unix time fits into 64 bits.
constexpr ngx_int_t kMostSeconds = ngx_int_t{100} * 366 * 24 * 60 * 60;

constexpr ngx_int_t kMaxTimeout = 60 * 1000;  // ms

void drop_last_newline(std::string& text) {
    if (text.ends_with('\n')) {
        text.pop_back();
    }
    if (text.ends_with('\r')) {
        text.pop_back();
    }
}

}  // namespace

std::string conf_path(ngx_conf_t* cf, std::string_view path) {
    ngx_str_t name = copy(cf->pool, path);
    if (ngx_conf_full_name(cf->cycle, &name, 1) != NGX_OK) {
        throw std::bad_alloc();
    }
    return std::string(view(name));
}

Result<std::string> read_file(ngx_conf_t* cf, std::string_view path) {
    const std::string name = conf_path(cf, path);
    struct stat info{};
    if (stat(name.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return fail(Kind::bad_request, "names a file that cannot be read", name);
    }
    if (static_cast<std::uintmax_t>(info.st_size) > kMaxFile) {
        return fail(Kind::bad_request, kTooLarge, name);
    }
    // The file may hold a secret. Without a stream buffer no copy of it stays behind unwiped.
    std::ifstream file;
    file.rdbuf()->pubsetbuf(nullptr, 0);
    file.open(name, std::ios::binary);
    std::string text(static_cast<std::size_t>(info.st_size), '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || !file.is_open()) {
        return fail(Kind::bad_request, "names a file that cannot be read", name);
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

Result<base::Secret> read_secret_file(ngx_conf_t* cf, std::string_view path) {
    const std::string name = conf_path(cf, path);
    struct stat info{};
    if (stat(name.c_str(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & S_IROTH) != 0) {
        return fail(Kind::bad_request, "names a secret file that everybody can read, use chmod o-r",
                    name);
    }
    Result<std::string> text = read_file(cf, path);
    if (!text) {
        return std::unexpected(std::move(text.error()));
    }
    base::Secret secret(*text);
    base::wipe(*text);
    return secret;
}

Result<std::string> add_certificates(ngx_conf_t* cf, std::string_view path,
                                     loop::CertificateFiles& files) {
    std::string name = conf_path(cf, path);
    if (files.contains(name)) {
        return name;
    }
    const Result<std::string> text = read_file(cf, path);
    if (!text) {
        return std::unexpected(text.error());
    }
    Result<crypto::TrustedCertificates> certificates = crypto::TrustedCertificates::parse(*text);
    if (!certificates) {
        certificates.error().detail = name;
        return std::unexpected(std::move(certificates.error()));
    }
    files.emplace(name, std::move(*certificates));
    return name;
}

Result<base::Secret> secret_value(ngx_conf_t* cf, std::string_view text) {
    if (const auto path = parameter(text, "file:")) {
        Result<base::Secret> content = read_secret_file(cf, *path);
        if (!content) {
            return content;
        }
        std::string line(content->reveal());
        drop_last_newline(line);
        base::Secret secret(line);
        base::wipe(line);
        return secret;
    }
    if (const auto name = parameter(text, "env:")) {
        const std::string variable(*name);
        // No other thread exists while the configuration is read.
        const char* value = std::getenv(variable.c_str());  // NOLINT(concurrency-mt-unsafe)
        if (value == nullptr) {
            return fail(Kind::bad_request, "names an environment variable that is not set",
                        variable);
        }
        return base::Secret(value);
    }
    return base::Secret(text);
}

Result<std::int64_t> seconds_value(std::string_view text) {
    ngx_str_t line = as_ngx(text);
    const ngx_int_t seconds = ngx_parse_time(&line, 1);
    if (seconds == NGX_ERROR) {
        return fail(Kind::bad_request, "has a time that cannot be read, write it as 15m or 24h",
                    std::string(text));
    }
    if (seconds > kMostSeconds) {
        return fail(Kind::bad_request, "has a time of over a hundred years", std::string(text));
    }
    return static_cast<std::int64_t>(seconds);
}

Result<std::int64_t> lifetime_value(std::string_view text) {
    const Result<std::int64_t> seconds = seconds_value(text);
    return seconds && *seconds == 0 ? fail(Kind::bad_request, "needs a time over zero") : seconds;
}

Result<std::chrono::milliseconds> timeout_value(std::string_view text, std::string_view mistake) {
    ngx_str_t line = as_ngx(text);
    const ngx_int_t time = ngx_parse_time(&line, 0);
    if (time == NGX_ERROR || time == 0 || time > kMaxTimeout) {
        return fail(Kind::bad_request, mistake, std::string(text));
    }
    return std::chrono::milliseconds(time);
}

Result<std::size_t> size_value(std::string_view text) {
    ngx_str_t line = as_ngx(text);
    const ssize_t size = ngx_parse_size(&line);
    if (size == NGX_ERROR) {
        return fail(Kind::bad_request, "has a size that cannot be read, write it as 32m",
                    std::string(text));
    }
    return static_cast<std::size_t>(size);
}

Result<void> set_text(const Directive& directive, std::string& target) {
    if (!target.empty()) {
        return fail(Kind::bad_request, "is duplicate");
    }
    target = directive.values.front();
    if (target.empty()) {
        return fail(Kind::bad_request, kEmpty);
    }
    warn_of_variable(directive);
    return {};
}

void warn_of_variable(const Directive& directive) noexcept {
    const auto looks_like_one = [](std::string_view text) {
        const std::size_t at = text.find('$');
        const char next = at < text.size() - 1 ? text[at + 1] : '\0';
        return at != std::string_view::npos && (base::is_alpha(next) || next == '_' || next == '{');
    };
    if (std::ranges::any_of(directive.values, looks_like_one)) {
        log_conf_warning(directive.cf, {position(directive.cf), directive.name},
                         "has a value with \"$\", and takes no variables: write the value itself, "
                         "or a secret as env:NAME or file:PATH");
    }
}

std::optional<std::string_view> parameter(std::string_view text, std::string_view name) {
    if (!text.starts_with(name)) {
        return std::nullopt;
    }
    return text.substr(name.size());
}

}  // namespace social::ngx
