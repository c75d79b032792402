#include "oauth/openid_metadata.hpp"

#include <array>
#include <optional>
#include <utility>

#include "base/json.hpp"
#include "oauth/endpoint_url.hpp"
#include "oauth/provider_error.hpp"

namespace social::oauth {

namespace {

constexpr std::string_view kStep = "the provider did not describe itself";

base::HttpRequest get(const Provider& provider, std::string url) {
    base::HttpRequest request("GET", std::move(url));
    request.headers.push_back({"Accept", "application/json"});
    request.ca_file = provider.ca_file;
    request.timeout = provider.timeout;
    return request;
}

// Only the document of a loopback provider may have http endpoints. Other documents must not make
// the gateway call services of this machine: server-side request forgery (CWE-918).
bool is_admitted(const Provider& provider, std::string_view url) noexcept {
    return is_endpoint_url(url) &&
           (url.starts_with("https://") || !provider.issuer.starts_with("https://"));
}

// Returns "" for an absent endpoint, and nullopt for one that must not be called.
std::optional<std::string> endpoint(const Provider& provider, const base::Json& document,
                                    std::string_view name) {
    const base::Json member = document.member(name);
    if (!member.present()) {
        return "";
    }
    std::optional<std::string> url = member.text();
    return url && is_admitted(provider, *url) ? url : std::nullopt;
}

std::vector<crypto::Algorithm> algorithms(const base::Json& names) {
    std::vector<crypto::Algorithm> known;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto algorithm = crypto::algorithm_named(names.at(i).text().value_or(""));
        if (algorithm && crypto::facts(*algorithm).family != crypto::Family::hmac) {
            known.push_back(*algorithm);
        }
    }
    if (known.empty()) {
        known.push_back(crypto::Algorithm::rs256);  // Core 1.0 §2: the default
    }
    return known;
}

bool is_expected_issuer(const Provider& provider, const base::Json& document) {
    const std::string issuer = document.member("issuer").text().value_or("");
    const auto& templated = provider.type->templated_issuer;
    const bool own = provider.issuer != provider.type->issuer;
    return issuer == (templated && !own ? templated->issuer : provider.issuer);
}

struct Slot {
    std::string_view name;
    std::string OpenidMetadata::* url;
};
constexpr std::array<Slot, 5> kSlots{{{"authorization_endpoint", &OpenidMetadata::authorize_url},
                                      {"token_endpoint", &OpenidMetadata::token_url},
                                      {"userinfo_endpoint", &OpenidMetadata::profile_url},
                                      {"revocation_endpoint", &OpenidMetadata::revoke_url},
                                      {"jwks_uri", &OpenidMetadata::jwks_url}}};

}  // namespace

base::HttpRequest metadata_request(const Provider& provider) {
    std::string url = provider.issuer;
    while (url.ends_with('/')) {
        url.pop_back();
    }
    return get(provider, url + "/.well-known/openid-configuration");
}

Result<OpenidMetadata> read_metadata(const Provider& provider, const base::HttpResponse& response) {
    const Result<base::Json> document = read_object(response, kStep);
    if (!document) {
        return std::unexpected(document.error());
    }
    if (!is_expected_issuer(provider, *document)) {
        return fail(Kind::provider_rejected, kStep, "the document is of another issuer");
    }
    OpenidMetadata metadata;
    for (const Slot& slot : kSlots) {
        std::optional<std::string> url = endpoint(provider, *document, slot.name);
        if (!url) {
            return std::unexpected(unusable_answer({.step = kStep, .missing = slot.name}));
        }
        metadata.*slot.url = std::move(*url);
    }
    const Provider merged = with_metadata(provider, metadata);
    if (merged.authorize_url.empty() || merged.token_url.empty() || metadata.jwks_url.empty()) {
        return std::unexpected(unusable_answer({.step = kStep, .missing = "endpoint"}));
    }
    metadata.algorithms = algorithms(document->member("id_token_signing_alg_values_supported"));
    metadata.names_issuer =
        document->member("authorization_response_iss_parameter_supported").boolean() == true;
    return metadata;
}

base::HttpRequest jwks_request(const Provider& provider, const OpenidMetadata& metadata) {
    return get(provider, metadata.jwks_url);
}

Provider with_metadata(const Provider& provider, const OpenidMetadata& metadata) {
    Provider merged = provider;
    const auto fill = [](std::string& own, const std::string& published) {
        if (own.empty()) {
            own = published;
        }
    };
    fill(merged.authorize_url, metadata.authorize_url);
    fill(merged.token_url, metadata.token_url);
    fill(merged.profile_url, metadata.profile_url);
    fill(merged.revoke_url, metadata.revoke_url);
    return merged;
}

}  // namespace social::oauth
