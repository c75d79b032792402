#include "site/redirect_url.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.hpp"
#include "base/form.hpp"
#include "base/percent.hpp"
#include "site/authority.hpp"
#include "site/url_text.hpp"

namespace social::site {

namespace {

constexpr std::string_view kArgument = "redirectUrl";
constexpr std::string_view kArgumentSqueezed = "redirecturl";
constexpr std::string_view kSessionId = "sessionId";
constexpr std::size_t kEscapeSize = 3;

// The detail is static text, since a refused URL may contain a session id.
std::unexpected<Error> wrong_site(std::string_view reason) {
    return fail(Kind::wrong_site, "Wrong site url", std::string(reason));
}

std::unexpected<Error> wrong_site(const Error& error) {
    return wrong_site(error.what);
}

// A parameter's name as web frameworks normalize it: decoded, trimmed, and cut at "["
// ("redirectUrl[]"). Returns nullopt for a malformed escape.
std::optional<std::string> framework_name(std::string_view raw) {
    const auto name = base::form_decode(raw);
    if (!name) {
        return std::nullopt;
    }
    return std::string(base::trimmed(std::string_view(*name).substr(0, name->find('['))));
}

// The letters and digits in lower case: "redirecturl" for redirect_url and other spellings.
std::string squeezed(std::string_view name) {
    std::string letters = base::lowered(name);
    std::erase_if(letters, [](char c) { return !base::is_alnum(c); });
    return letters;
}

// True if a parameter is named sessionId, in any case. A name without "=" counts: `?sessionId` is a
// parameter with an empty value. A malformed name counts, too.
bool names_session_id(std::string_view text, std::string_view separators) {
    while (!text.empty()) {
        const auto field = base::take_field(text, separators);
        const auto name = framework_name(field.name);
        if (!name || base::equals_ignoring_case(*name, kSessionId)) {
            return true;
        }
    }
    return false;
}

// True for a path parameter sessionId ("/cb;sessionId=x"), but not for a segment of that name.
bool path_names_session_id(std::string_view path) {
    while (!path.empty()) {
        const auto field = base::take_field(path, "/;");
        const auto name = framework_name(field.name);
        if (!name || (field.has_equals && base::equals_ignoring_case(*name, kSessionId))) {
            return true;
        }
    }
    return false;
}

// Splits `rest` ("/path?query#fragment") into the parts of `url`.
void cut(std::string_view rest, RedirectUrl& url) {
    if (const auto hash = rest.find('#'); hash != std::string_view::npos) {
        url.has_fragment = true;
        url.fragment = rest.substr(hash + 1);
        rest = rest.substr(0, hash);
    }
    if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
        url.has_query = true;
        url.query = rest.substr(mark + 1);
        rest = rest.substr(0, mark);
    }
    url.path = rest;
}

Result<void> check(const RedirectUrl& url) {
    Result<void> good = check_path(url.path);
    if (good) {
        good = check_query(url.query);
    }
    if (good) {
        good = check_fragment(url.fragment);
    }
    if (!good) {
        return wrong_site(good.error());
    }
    // A second session id, chosen by an attacker, enables session fixation. Old servers also split
    // queries at ";", and page scripts keep routes and parameters in the fragment.
    if (path_names_session_id(url.path) || names_session_id(url.query, "&;") ||
        names_session_id(url.fragment, "&;?/!")) {
        return wrong_site("it has a sessionId of its own");
    }
    return {};
}

}  // namespace

Result<std::string> redirect_url_argument(std::string_view query) {
    std::optional<std::string_view> raw;
    while (!query.empty()) {
        const auto field = base::take_field(query);
        // With two values, two parsers may choose different ones: an open redirect. Therefore one
        // value in one spelling is accepted.
        if (field.name != kArgument) {
            const auto name = framework_name(field.name);
            if (!name) {
                return wrong_site("a parameter's name has a malformed escape");
            }
            if (squeezed(*name) == kArgumentSqueezed) {
                return wrong_site("redirectUrl in another spelling");
            }
            continue;
        }
        if (raw) {
            return wrong_site("redirectUrl is there twice");
        }
        raw = field.value;
    }
    if (!raw || raw->empty()) {
        return wrong_site("redirectUrl is missing");
    }
    if (raw->size() > kEscapeSize * kMaxRedirectUrl) {
        return wrong_site("redirectUrl is too long");
    }
    auto text = base::percent_decode(*raw);
    if (!text) {
        return wrong_site(text.error());
    }
    if (text->size() > kMaxRedirectUrl) {
        return wrong_site("redirectUrl is too long");
    }
    return std::move(*text);
}

Result<RedirectUrl> parse_redirect_url(std::string_view text) {
    if (text.size() > kMaxRedirectUrl) {
        return wrong_site("redirectUrl is too long");
    }
    const auto parts = split_url(text);
    if (!parts) {
        return wrong_site(parts.error());
    }
    auto authority = parse_authority(*parts);
    if (!authority) {
        return wrong_site(authority.error());
    }

    RedirectUrl url;
    url.scheme = std::move(authority->scheme);
    url.host = std::move(authority->host);
    url.port = std::move(authority->port);
    cut(parts->rest, url);
    if (auto good = check(url); !good) {
        return std::unexpected(std::move(good.error()));
    }

    url.text = text;
    if (url.path.empty()) {
        url.path = "/";
        url.text.insert(text.size() - parts->rest.size(), 1, '/');
        // The end of the login parses this text again, so it must not exceed the limit.
        if (url.text.size() > kMaxRedirectUrl) {
            return wrong_site("redirectUrl is too long");
        }
    }
    return url;
}

std::string with_session_id(const RedirectUrl& url, std::string_view session_id,
                            std::string_view fragment) {
    const std::size_t tail = url.has_fragment ? url.fragment.size() + 1 : 0;
    const auto front = std::string_view(url.text).substr(0, url.text.size() - tail);

    std::string out;
    out.reserve(url.text.size() + kSessionId.size() + session_id.size() + fragment.size() + 2);
    out += front;
    if (!url.has_query) {
        out += '?';
    } else if (!url.query.empty() && !url.query.ends_with('&')) {
        out += '&';
    }
    out += kSessionId;
    out += '=';
    out += session_id;
    if (url.has_fragment) {
        out += '#';
        out += url.fragment;
    } else {
        out += fragment;
    }
    return out;
}

}  // namespace social::site
