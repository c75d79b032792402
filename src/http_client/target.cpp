#include "http_client/target.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>

#include "base/ascii.hpp"

namespace social::loop {

namespace {

constexpr std::size_t kMaxUrl = 8192;
constexpr std::size_t kMaxMethod = 16;

struct UrlDeleter {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

std::unexpected<Error> bad_target(std::string_view why) {
    return fail(Kind::provider_unavailable, why);
}

// RFC 9110 §5.5: no control characters, which could end a line or a string (CWE-113).
bool is_field_value(std::string_view text) noexcept {
    return std::ranges::none_of(text, [](char c) { return base::is_control(c) && c != '\t'; });
}

std::string part_of(const Url& url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) {
        return {};
    }
    const std::unique_ptr<char, decltype(&curl_free)> owner(text, &curl_free);
    return text;
}

// libcurl resolves "localhost" to loopback addresses without DNS (RFC 6761 §6.3).
bool is_localhost(std::string_view host) noexcept {
    return base::equals_ignoring_case(host, "localhost");
}

bool is_address(const std::string& host) noexcept {
    in6_addr address{};
    return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
           inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

bool is_loopback(const std::string& host) noexcept {
    in_addr v4{};
    if (inet_pton(AF_INET, host.c_str(), &v4) == 1) {
        return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    in6_addr v6{};
    if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) {
        return IN6_IS_ADDR_LOOPBACK(&v6);
    }
    return is_localhost(host);
}

// Requires "//" and a host after it. libcurl also accepts "https:/host" and "https:///host", which
// other parsers interpret differently.
bool has_authority(std::string_view url, std::string_view scheme) noexcept {
    return base::starts_with_ignoring_case(url, scheme) && url.size() > scheme.size() &&
           url[scheme.size()] != '/';
}

Result<Target> parse_url(const std::string& text) {
    if (text.size() > kMaxUrl || !std::ranges::all_of(text, base::is_visible)) {
        return bad_target("the provider's URL is malformed");
    }
    Target target;
    target.encrypted = has_authority(text, "https://");
    if (!target.encrypted && !has_authority(text, "http://")) {
        return bad_target("the provider's URL is not https");
    }
    const Url url(curl_url());
    if (!url ||
        curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
        return bad_target("the provider's URL is malformed");
    }
    target.host = part_of(url, CURLUPART_HOST);
    if (target.host.starts_with('[') && target.host.ends_with(']')) {
        target.host = target.host.substr(1, target.host.size() - 2);
    }
    const std::string port = part_of(url, CURLUPART_PORT);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), target.port);
    if (target.host.empty() || error != std::errc() || end != port.data() + port.size()) {
        return bad_target("the provider's URL is malformed");
    }
    target.named = !is_address(target.host) && !is_localhost(target.host);
    return target;
}

}  // namespace

Result<Target> target_of(const base::HttpRequest& request) {
    if (!base::is_token(request.method) || request.method.size() > kMaxMethod) {
        return fail(Kind::internal, "the request's method is malformed");
    }
    for (const base::HttpHeader& header : request.headers) {
        if (!base::is_token(header.name) || !is_field_value(header.value)) {
            return fail(Kind::internal, "a header of the request is malformed", header.name);
        }
    }
    Result<Target> target = parse_url(request.url);
    if (target && !target->encrypted && !is_loopback(target->host)) {
        return fail(Kind::provider_unavailable, "the provider's URL is not https", target->host);
    }
    return target;
}

}  // namespace social::loop
