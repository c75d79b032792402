// URLs of the configuration, of a Host header and of a provider's answers: a public URL, an
// endpoint, an origin, a link. All that admit one URL have to see one and the same host in it, and
// libcurl's parser, which the client calls, has to agree.
#include <string>

#include "base/ascii.hpp"
#include "base/http_message.hpp"
#include "fuzz.hpp"
#include "http_client/target.hpp"
#include "oauth/endpoint_url.hpp"
#include "page/escape.hpp"
#include "site/authority.hpp"
#include "site/origin.hpp"
#include "site/public_url.hpp"
#include "site/redirect_url.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

std::string without_brackets(const std::string& host) {
    return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
}

Result<loop::Target> target_of(const std::string& url) {
    return loop::target_of(base::HttpRequest("GET", url));
}

// Clear text goes to this machine alone, whichever way its name is written.
void check_endpoint(const std::string& url) {
    const auto target = target_of(url);
    if (target && !target->encrypted) {
        const std::string& host = target->host;
        require(base::equals_ignoring_case(host, "localhost") || host.starts_with("127.") ||
                host == "::1");
    }
    if (oauth::is_endpoint_url(url)) {
        const bool https = base::starts_with_ignoring_case(url, "https://");
        require(!target || target->encrypted == https);
    }
}

void check_authority(const std::string& url) {
    const auto parts = site::split_url(url);
    const auto authority = parts ? site::parse_authority(*parts)
                                 : Result<site::Authority>(std::unexpected(parts.error()));
    if (!authority) {
        return;
    }
    require(base::lowered(authority->host) == authority->host);
    const site::UrlParts again{
        .scheme = authority->scheme, .authority = authority->host, .rest = {}};
    const auto host_alone = site::parse_authority(again);
    require(host_alone && host_alone->host == authority->host);
    const auto target = target_of("https://" + authority->host + ":" + authority->port + "/");
    require(target && target->host == without_brackets(authority->host));
    require(std::to_string(target->port) == authority->port);
}

void check_public(const std::string& text) {
    const auto url = site::parse_public_url(text);
    require(url.has_value() == site::public_url_of_request(text).has_value());
    if (!url) {
        return;
    }
    require(!url->ends_with('/') && site::parse_public_url(*url) == *url);
    require(page::is_safe_link(*url));
    const std::string callback = *url + "/facebook/callback";
    require(site::parse_public_url(callback) == callback);
    const auto redirect = site::parse_redirect_url(*url);
    require(redirect || redirect.error().kind == Kind::wrong_site);
    if (redirect) {
        require(redirect->text.starts_with(*url));
    }
}

void check_origin(const std::string& text) {
    const auto origin = site::parse_origin(text);
    if (!origin) {
        require(origin.error().kind == Kind::bad_request);
        return;
    }
    const std::string written = site::to_text(*origin);
    const auto again = site::parse_origin(written);
    require(again && site::to_text(*again) == written && again->host == origin->host &&
            again->port == origin->port && again->path == origin->path);
    std::string below = written + (origin->path.empty() ? "/" : "") + "/x";
    if (origin->wildcard) {
        below.replace(below.find("*"), 1, "a");
    }
    const auto url = site::parse_redirect_url(below);
    require(!url || site::admits(*origin, *url));
    const auto target = target_of(below);
    require(!url || !target || target->host == without_brackets(url->host));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(text_of(data, size));
    for (const std::string& url : {text, "https://" + text, "http://127.0.0.1" + text}) {
        check_endpoint(url);
        check_authority(url);
        check_public(url);
        check_origin(url);
    }
    return 0;
}
