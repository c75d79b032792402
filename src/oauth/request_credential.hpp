// The Authorization value of a request that somebody else sends to the provider's API in
// a user's name: a bearer token (RFC 6750 §2.1), or an OAuth 1.0a signature of just that
// request.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "oauth/provider.hpp"

namespace social::oauth {

struct UserToken {
    base::Secret token;
    base::Secret secret;  // OAuth 1.0a only
};

// The request as the provider will see it.
class SentRequest {
public:
    std::string method;
    std::string uri;   // path and query
    std::string form;  // the body, where it is a form: the only one that is signed

    [[nodiscard]] bool operator==(const SentRequest&) const = default;
};

// `uri` at the provider: below api_url, whose own path it may already begin with.
[[nodiscard]] std::string url_at_provider(const Provider& provider, std::string_view uri);

// bad_request for a query or a form that cannot be read, and so not be signed.
[[nodiscard]] Result<base::Secret> request_credential(const Provider& provider,
                                                      const UserToken& user,
                                                      const SentRequest& request, std::int64_t now);

[[nodiscard]] base::Secret bearer_credential(const base::Secret& token);

}  // namespace social::oauth
