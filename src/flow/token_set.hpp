// The result of a login for every protocol: the profile and the tokens. exchange_verifier,
// exchange_code and exchange_openid_code return it. flow/callback opens a session with it.
#pragma once

#include "base/secret.hpp"
#include "oauth/session_body.hpp"

namespace social::flow {

class TokenSet {
public:
    oauth::SessionParts parts;   // with the access token
    base::Secret token_secret;   // OAuth 1.0a; empty elsewhere
    base::Secret refresh_token;  // empty: the provider issued none
};

}  // namespace social::flow
