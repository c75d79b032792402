// libFuzzer entry for the redirectUrl: the input is the raw query of /{p}/auth, and
// also a redirectUrl by itself. A broken invariant ends the run.
//
// clang++ -std=c++23 -g -O1 -fsanitize=fuzzer,address,undefined -Isrc \
//     t/fuzz/redirect_url_fuzz.cpp src/base/{ascii,form,percent,secret,utf8}.cpp \
//     src/site/{authority,origin,redirect_url,registry,url_text}.cpp -lcrypto

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "site/origin.hpp"
#include "site/redirect_url.hpp"
#include "site/registry.hpp"

namespace {

using namespace social;
using namespace social::site;

constexpr std::string_view kSessionId =
    "WmNOWEhETmFhbmFTNWljWld0NmlUbWRVK1AvUXk4M0tuSm9NSkVGZW5VOD06";

void require(bool invariant) {
    if (!invariant) {
        std::abort();
    }
}

std::size_t occurrences(std::string_view text, std::string_view word) {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        ++count;
    }
    return count;
}

bool is_host_octet(char c) {
    return base::is_digit(c) || (c >= 'a' && c <= 'z') || std::string_view("-.[]:").contains(c);
}

bool same(const RedirectUrl& a, const RedirectUrl& b) {
    return a.scheme == b.scheme && a.host == b.host && a.port == b.port && a.path == b.path &&
           a.query == b.query && a.has_query == b.has_query && a.fragment == b.fragment &&
           a.has_fragment == b.has_fragment && a.text == b.text;
}

void check_text(const RedirectUrl& url) {
    require(url.text.size() <= kMaxRedirectUrl);
    require(std::ranges::all_of(url.text, base::is_visible));
    require(!url.text.contains('\\'));
    require(!url.host.empty() && std::ranges::all_of(url.host, is_host_octet));
    require(url.path.starts_with('/'));

    // The authority of the text is the one that was compared, whoever looks for its end.
    const auto start = url.scheme.size() + 3;
    const auto end = url.text.find_first_of("/?#\\@", start);
    const auto authority = base::lowered(std::string_view(url.text).substr(start, end - start));
    require(authority == url.host || authority == url.host + ":" + url.port);

    const auto again = parse_redirect_url(url.text);
    require(again && same(url, *again));
}

void check_joined(const RedirectUrl& url) {
    for (const std::string_view fragment : {"", "#_=_"}) {
        const auto joined = with_session_id(url, kSessionId, fragment);
        const auto parameter = "sessionId=" + std::string(kSessionId);
        require(occurrences(joined, parameter) == 1);
        const auto at = joined.find(parameter);
        require(joined[at - 1] == '?' || joined[at - 1] == '&');
        require(at < joined.find('#'));
        require(joined.starts_with(url.text.substr(0, url.text.find('#'))));

        // Without our own parameter it is admitted; with it no second time.
        require(!parse_redirect_url(joined));
    }
}

void check(std::string_view text) {
    const auto url = parse_redirect_url(text);
    if (!url) {
        require(url.error().kind == Kind::wrong_site && url.error().what == "Wrong site url");
        return;
    }
    check_text(*url);
    check_joined(*url);

    static const Registry registry = [] {
        Registry made;
        require(
            made.add({.id = "1", .origins = {*parse_origin("https://good.com/app")}, .place = "1"})
                .has_value());
        require(
            made.add({.id = "2", .origins = {*parse_origin("https://*.good.com")}, .place = "2"})
                .has_value());
        return made;
    }();
    const Site* match = registry.match(*url);
    const Site* expected = nullptr;
    for (const std::string_view id : {"1", "2"}) {
        const Site* site = registry.find(id);
        if (admits(site->origins.front(), *url)) {
            expected = site;
        }
    }
    require(match == expected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string input(data, data + size);
    check(input);
    check("https://good.com/" + input);
    if (const auto value = redirect_url_argument(input)) {
        check(*value);
    }
    // Encoding is undone exactly once.
    const auto value = redirect_url_argument("redirectUrl=" + base::percent_encode(input));
    require(size == 0 || size > kMaxRedirectUrl ? !value : value == input);

    if (const auto origin = parse_origin(input)) {
        const auto again = parse_origin(to_text(*origin));
        require(again && to_text(*again) == to_text(*origin));
    }
    return 0;
}
