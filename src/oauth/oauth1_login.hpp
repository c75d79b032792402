// The login of OAuth 1.0a in three steps (RFC 5849 §2): temporary credentials, the
// user's yes, token credentials; and calls signed with what came of it. Requests and
// the reading of answers alone: flow/ sends them.
//
// Every answer is a form here; errors come as JSON, XML, forms or plain text, and
// provider_error() reads whichever it is.
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

// Bounds what a login keeps of an answer: it has to fit into a cookie.
inline constexpr std::size_t kMaxRequestToken = 256;  // bytes, of token and secret each

struct Oauth1Token {
    base::Secret token;
    base::Secret secret;
    // The user, as X tells it along with the token; empty elsewhere.
    std::string user_id;
    std::string screen_name;
};

// A random nonce and `now`, in Unix seconds (§3.3).
[[nodiscard]] Oauth1Stamp make_stamp(std::int64_t now);

// oauth_callback of a login: its callback_url with its state, since the protocol has no
// parameter of its own for it.
[[nodiscard]] std::string oauth1_callback(const session::Login& login);

// §2.1. internal when one of the provider's URLs cannot be signed.
[[nodiscard]] Result<base::HttpRequest> request_token_request(const Provider& provider,
                                                              const session::Login& login,
                                                              const Oauth1Stamp& stamp);

// provider_rejected unless the provider confirms that it took the callback: without it
// anybody could finish the login in another browser (OAuth Core 1.0 Revision A).
[[nodiscard]] Result<Oauth1Token> read_request_token(const base::HttpResponse& response);

// §2.2: where the browser is sent.
[[nodiscard]] std::string oauth1_authorization_url(const Provider& provider,
                                                   const base::Secret& request_token);

// login_refused where the user said no; bad_callback for a reply to another request token
// than the login's, compared in constant time, and for one without a verifier.
[[nodiscard]] Result<base::Secret> granted_verifier(const CallbackReply& reply,
                                                    const session::Login& login);

// §2.3, signed with the request token.
[[nodiscard]] Result<base::HttpRequest> access_token_request(const Provider& provider,
                                                             const session::Login& login,
                                                             const base::Secret& verifier,
                                                             const Oauth1Stamp& stamp);

[[nodiscard]] Result<Oauth1Token> read_access_token(const base::HttpResponse& response);

// §3.1: an API call without a body, signed with the user's token.
[[nodiscard]] Result<base::HttpRequest> signed_request(const Provider& provider,
                                                       const ApiCall& call,
                                                       const Oauth1Token& token,
                                                       const Oauth1Stamp& stamp);

}  // namespace social::oauth
