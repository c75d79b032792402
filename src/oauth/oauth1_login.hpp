// The three steps of an OAuth 1.0a login (RFC 5849 §2): temporary credentials, resource owner
// authorization, token credentials. Also API calls signed with the token credentials. This file
// builds requests and reads responses; flow/ sends them.
//
// Successful responses are forms. Errors are JSON, XML, forms or plain text; provider_error()
// reads all of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "base/secret.hpp"
#include "oauth/callback_reply.hpp"
#include "oauth/graph.hpp"
#include "oauth/oauth1_signature.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"

namespace social::oauth {

// Bounds the temporary credentials, since the login must fit into a cookie.
inline constexpr std::size_t kMaxRequestToken = 256;  // bytes, of token and secret each

struct Oauth1Token {
    base::Secret token;
    base::Secret secret;
    // The user. X sends both members with the token; empty for other providers.
    std::string user_id;
    std::string screen_name;
};

// A random nonce of 128 bits, and `now` in Unix seconds (§3.3).
[[nodiscard]] Oauth1Stamp make_stamp(std::int64_t now);

// oauth_callback: the login's callback_url with `state`, since OAuth 1.0a has no such parameter.
[[nodiscard]] std::string oauth1_callback(const session::Login& login);

// §2.1. Fails with internal if the provider's URL cannot be signed.
[[nodiscard]] Result<base::HttpRequest> request_token_request(const Provider& provider,
                                                              const session::Login& login,
                                                              const Oauth1Stamp& stamp);

// Fails with provider_rejected if oauth_callback_confirmed is not "true". Without the confirmation
// the login is open to session fixation (OAuth Core 1.0 Revision A).
[[nodiscard]] Result<Oauth1Token> read_request_token(const base::HttpResponse& response);

// §2.2: the URL to which the login redirects the browser.
[[nodiscard]] std::string oauth1_authorization_url(const Provider& provider,
                                                   const base::Secret& request_token);

// Fails with login_refused if the user denied access. A response without a verifier, or with
// another request token than the login's (compared in constant time), is bad_callback.
[[nodiscard]] Result<base::Secret> granted_verifier(const CallbackReply& reply,
                                                    const session::Login& login);

// §2.3, signed with the request token. Fails like request_token_request().
[[nodiscard]] Result<base::HttpRequest> access_token_request(const Provider& provider,
                                                             const session::Login& login,
                                                             const base::Secret& verifier,
                                                             const Oauth1Stamp& stamp);

// Errors are those of provider_error(), and provider_unavailable for a malformed response.
[[nodiscard]] Result<Oauth1Token> read_access_token(const base::HttpResponse& response);

// §3.1: an API call without a body, signed with the user's token. Fails like
// request_token_request().
[[nodiscard]] Result<base::HttpRequest> signed_request(const Provider& provider,
                                                       const ApiCall& call,
                                                       const Oauth1Token& token,
                                                       const Oauth1Stamp& stamp);

}  // namespace social::oauth
