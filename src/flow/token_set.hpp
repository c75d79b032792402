// What a login brings, whatever the protocol: who the user is, and the tokens. The
// conversations with the provider (exchange_verifier, exchange_code, exchange_openid_code) make it,
// and flow/callback opens a session with it.
#pragma once

#include "base/secret.hpp"
#include "oauth/session_body.hpp"

namespace social::flow {

class TokenSet {
public:
    oauth::SessionParts parts;   // with the access token
    base::Secret token_secret;   // OAuth 1.0a; empty elsewhere
    base::Secret refresh_token;  // empty where the provider gave none
};

}  // namespace social::flow
