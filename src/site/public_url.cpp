#include "site/public_url.hpp"

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
    // A query or a fragment is no path either.
    if (Result<void> path = check_path(parts->rest); !path) {
        return std::unexpected(std::move(path.error()));
    }
    text.remove_prefix(parts->scheme.size());
    return parts->scheme + std::string(text.substr(0, text.find_last_not_of('/') + 1));
}

}  // namespace social::site
