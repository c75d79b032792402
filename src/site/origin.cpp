#include "site/origin.hpp"

#include <utility>

#include "base/ascii.hpp"
#include "site/authority.hpp"
#include "site/url_text.hpp"

namespace social::site {

namespace {

constexpr std::string_view kWildcard = "*.";

// A trailing slash is removed: "/app/" is "/app".
Result<std::string> parse_scope(std::string_view path, std::string_view value) {
    if (path.contains("//")) {
        return bad_request("an origin's path must not have empty segments: write /app", value);
    }
    if (auto good = check_path(path); !good) {
        return bad_request(
            "an origin's path must be plain: no dot segment, and no character or escape that a "
            "redirectUrl may not have",
            value);
    }
    if (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return std::string(path);
}

// Names faults that the host's grammar would report as an invalid character only.
Result<void> check_shape(const UrlParts& parts, std::string_view value) {
    if (parts.rest.contains('?') || parts.rest.contains('#')) {
        return bad_request(
            "an origin has no query and no fragment: write https://host[:port][/path]", value);
    }
    const bool wildcard = parts.authority.starts_with(kWildcard);
    if (parts.authority.substr(wildcard ? kWildcard.size() : 0).contains('*')) {
        return bad_request(
            "in an origin \"*\" stands for the whole first label of the host: write "
            "https://*.example.com",
            value);
    }
    return {};
}

bool is_address(std::string_view host) noexcept {
    return host.starts_with('[') || base::is_digit(host.back());
}

}  // namespace

Result<Origin> parse_origin(std::string_view text) {
    auto parts = split_url(text);
    if (!parts) {
        return bad_request("an origin begins with its scheme: write https://host[:port][/path]",
                           text);
    }
    if (auto good = check_shape(*parts, text); !good) {
        return std::unexpected(std::move(good.error()));
    }
    Origin origin;
    origin.wildcard = parts->authority.starts_with(kWildcard);
    if (origin.wildcard) {
        parts->authority.remove_prefix(kWildcard.size());
    }
    auto authority = parse_authority(*parts);
    if (!authority) {
        return bad_request(authority.error().what, text);
    }
    if (origin.wildcard && is_address(authority->host)) {
        return bad_request("an origin cannot have \"*\" in front of an address: name the host",
                           text);
    }
    auto path = parse_scope(parts->rest, text);
    if (!path) {
        return std::unexpected(std::move(path.error()));
    }
    origin.scheme = std::move(authority->scheme);
    origin.host = std::move(authority->host);
    origin.port = std::move(authority->port);
    origin.path = std::move(*path);
    return origin;
}

std::string to_text(const Origin& origin) {
    std::string text = origin.scheme + "://";
    text += origin.wildcard ? kWildcard : "";
    text += origin.host;
    if (origin.port != default_port(origin.scheme)) {
        text += ':' + origin.port;
    }
    return text + origin.path;
}

bool path_within(std::string_view path, std::string_view scope) noexcept {
    return path.starts_with(scope) &&
           (path.size() == scope.size() || scope.empty() || path[scope.size()] == '/');
}

bool admits(const Origin& origin, const RedirectUrl& url) noexcept {
    std::string_view host = url.host;
    if (origin.wildcard) {
        const auto dot = host.find('.');
        if (dot == std::string_view::npos) {
            return false;
        }
        host.remove_prefix(dot + 1);
    }
    return origin.scheme == url.scheme && origin.host == host && origin.port == url.port &&
           path_within(url.path, origin.path);
}

}  // namespace social::site
