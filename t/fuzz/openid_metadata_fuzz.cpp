// The document in which an OpenID provider describes itself. Each of its URLs that is accepted may
// be called: https, or this machine where the operator's own URL is on it.
#include <algorithm>
#include <string>

#include "oauth/endpoint_url.hpp"
#include "oauth/openid_metadata.hpp"
#include "providers.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

void check_url(const oauth::Provider& provider, const std::string& url) {
    if (url.empty()) {
        return;
    }
    require(oauth::is_endpoint_url(url));
    const bool clear = !base::starts_with_ignoring_case(url, "https://");
    require(!clear || provider.issuer.starts_with("http://"));
    const auto target = loop::target_of(base::HttpRequest("GET", url));
    require(!target || target->encrypted != clear);
}

void check_metadata(const oauth::Provider& provider, const oauth::OpenidMetadata& metadata) {
    for (const std::string* url :
         {&metadata.authorize_url, &metadata.token_url, &metadata.profile_url, &metadata.revoke_url,
          &metadata.jwks_url}) {
        check_url(provider, *url);
    }
    require(!metadata.jwks_url.empty() && !metadata.algorithms.empty());
    require(std::ranges::none_of(metadata.algorithms, [](crypto::Algorithm algorithm) {
        return crypto::facts(algorithm).family == crypto::Family::hmac;
    }));
    const oauth::Provider merged = oauth::with_metadata(provider, metadata);
    require(!merged.authorize_url.empty() && !merged.token_url.empty());
    require(provider.token_url.empty() || merged.token_url == provider.token_url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::vector<oauth::Provider> blocks = [] {
        std::vector<oauth::Provider> made;
        for (const std::string_view issuer : {"https://id.example", "http://127.0.0.1:8080"}) {
            oauth::ProviderSettings settings;
            settings.name = "oidc";
            settings.type = "oidc";
            settings.client_id = "1234567890";
            settings.client_secret = base::Secret("0123456789abcdef");
            settings.issuer = issuer;
            made.push_back(oauth::make_provider(std::move(settings)).value());
        }
        return made;
    }();
    std::string_view rest = text_of(data, size);
    const oauth::Provider& provider = blocks[take_octet(rest) % blocks.size()];
    static_cast<void>(take_line(rest));
    const auto metadata = oauth::read_metadata(provider, take_response(rest));
    if (metadata) {
        check_metadata(provider, *metadata);
    } else {
        check_error(metadata.error());
    }
    return 0;
}
