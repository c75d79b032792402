#include "site/public_url.hpp"

#include <cstddef>
#include <string>
#include <utility>

#include "site/authority.hpp"
#include "site/url_text.hpp"

namespace social::site {

Result<std::string> parse_public_url(std::string_view text) {
    const Result<UrlParts> parts = split_url(text);
    if (!parts) {
        return std::unexpected(parts.error());
    }
    if (const Result<Authority> authority = parse_authority(*parts); !authority) {
        return std::unexpected(authority.error());
    }
    // check_path() refuses a query and a fragment, too.
    if (Result<void> path = check_path(parts->rest); !path) {
        return std::unexpected(std::move(path.error()));
    }
    text.remove_prefix(parts->scheme.size());
    return parts->scheme + std::string(text.substr(0, text.find_last_not_of('/') + 1));
}

Result<std::string> public_url_of_request(std::string_view text) {
    Result<std::string> url = parse_public_url(text);
    if (!url) {
        return fail(Kind::bad_request, "Host header required", std::string(url.error().what));
    }
    return url;
}

}  // namespace social::site
