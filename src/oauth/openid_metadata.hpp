// What an OpenID provider publishes about itself (OpenID Connect Discovery 1.0 §4, RFC
// 8414): its endpoints, and where its keys are. flow/issuers fetches and keeps it; a login
// uses the provider's block with these endpoints filled in.
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
    std::string profile_url;  // userinfo; empty: the id token says all there is
    std::string revoke_url;   // may be empty
    std::string jwks_url;
    std::vector<crypto::Algorithm> algorithms;  // of id tokens; asymmetric ones alone
    bool names_issuer = false;                  // RFC 9207: every answer has `iss`
};

// GET {issuer}/.well-known/openid-configuration (§4.1)
[[nodiscard]] base::HttpRequest metadata_request(const Provider& provider);

// provider_rejected for the document of another issuer (§4.3: it must be exactly the one
// that was asked for); provider_unavailable for one without what a login needs, and for
// endpoints that are neither https nor on this machine, where the block's own URL is not.
[[nodiscard]] Result<OpenidMetadata> read_metadata(const Provider& provider,
                                                   const base::HttpResponse& response);

[[nodiscard]] base::HttpRequest jwks_request(const Provider& provider,
                                             const OpenidMetadata& metadata);

// The provider with the endpoints of the document where its block names none.
[[nodiscard]] Provider with_metadata(const Provider& provider, const OpenidMetadata& metadata);

}  // namespace social::oauth
