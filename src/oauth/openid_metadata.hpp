// The discovery document of an OpenID provider (OpenID Connect Discovery 1.0 §4, RFC 8414).
// flow/issuers fetches and caches it. A login uses the provider's block, completed with the
// document's endpoints.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "crypto/algorithm.hpp"
#include "oauth/provider.hpp"

namespace social::oauth {

struct OpenidMetadata {
    std::string authorize_url;
    std::string token_url;
    std::string profile_url;  // userinfo; empty: the profile is the ID token's claims
    std::string revoke_url;   // may be empty
    std::string jwks_url;
    std::vector<crypto::Algorithm> algorithms;  // of ID tokens; asymmetric only
    bool names_issuer = false;                  // RFC 9207: every authorization response has `iss`
};

// GET {issuer}/.well-known/openid-configuration (§4.1)
[[nodiscard]] base::HttpRequest metadata_request(const Provider& provider);

// Fails with provider_rejected if `issuer` differs from the configured one (§4.3). A document that
// lacks an endpoint, or has an invalid one, is provider_unavailable. An endpoint must be https, or
// http to a loopback host if the configured issuer is http.
[[nodiscard]] Result<OpenidMetadata> read_metadata(const Provider& provider,
                                                   const base::HttpResponse& response);

[[nodiscard]] base::HttpRequest jwks_request(const Provider& provider,
                                             const OpenidMetadata& metadata);

// Returns a copy of `provider`. The document's endpoints fill those that the block does not set.
[[nodiscard]] Provider with_metadata(const Provider& provider, const OpenidMetadata& metadata);

}  // namespace social::oauth
