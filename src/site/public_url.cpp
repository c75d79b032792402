#include "site/public_url.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "site/authority.hpp"
#include "site/url_text.hpp"

namespace social::site {

namespace {

Result<std::string> parsed(std::string_view text) {
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

// The text that was good last: a gateway has one, or few, and asks for it at every login.
class LastUrl {
public:
    Result<std::string> parse(std::string_view text) {
        if (text == text_) {
            return url_;
        }
        Result<std::string> url = parsed(text);
        if (url && text.size() <= kLongest) {
            text_.reset();  // without memory for the other, neither may be kept
            url_ = *url;
            text_ = text;
        }
        return url;
    }

private:
    static constexpr std::size_t kLongest = 512;  // bytes that are kept at most

    std::optional<std::string> text_;
    std::string url_;
};

}  // namespace

Result<std::string> parse_public_url(std::string_view text) {
    thread_local LastUrl last;
    return last.parse(text);
}

}  // namespace social::site
