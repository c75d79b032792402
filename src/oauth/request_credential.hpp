// The Authorization value of an API request that proxy_pass sends for a user. It is a bearer token
// (RFC 6750 §2.1), or an OAuth 1.0a signature of that request.
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

// The request as the provider receives it.
class SentRequest {
public:
    std::string method;
    std::string uri;   // path and query
    std::string form;  // a form body; other bodies are not signed

    [[nodiscard]] bool operator==(const SentRequest&) const = default;
};

// The absolute URL of `uri` below api_url. `uri` may already begin with api_url's path.
[[nodiscard]] std::string url_at_provider(const Provider& provider, std::string_view uri);

// Fails with bad_request for OAuth 1.0a if the query or the form is malformed. `now` is in Unix
// seconds.
[[nodiscard]] Result<base::Secret> request_credential(const Provider& provider,
                                                      const UserToken& user,
                                                      const SentRequest& request, std::int64_t now);

// "Bearer …" (RFC 6750 §2.1).
[[nodiscard]] base::Secret bearer_credential(const base::Secret& token);

}  // namespace social::oauth
