// OAuth 1.0a signatures with HMAC-SHA1 (RFC 5849 §3.4), as the Authorization header
// of a request carries them (§3.5.1). Pure: nonce and time come from the caller.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/form.hpp"

namespace social::oauth {

// The request that is signed. Of the body only a form counts (§3.4.1.3.1): leave
// `form` empty for JSON and multipart.
struct Oauth1Request {
    std::string_view method;
    std::string_view url;   // absolute, with its query as it is sent
    std::string_view form;  // application/x-www-form-urlencoded, as it is sent
};

struct Oauth1Credentials {
    std::string_view consumer_key;
    std::string_view consumer_secret;
    std::string_view token;         // empty for the first request of a login
    std::string_view token_secret;  // of `token`
};

struct Oauth1Stamp {
    std::string nonce;         // never used twice with one timestamp (§3.3)
    std::int64_t seconds = 0;  // Unix time
};

// §3.4.1.1 over the query, the form and `protocol`, the oauth_* parameters without
// oauth_signature and realm. bad_request for a URL, query or form that cannot be read.
[[nodiscard]] Result<std::string> oauth1_base_string(const Oauth1Request& request,
                                                     std::span<const base::FormField> protocol);

// §3.4.2, base64.
[[nodiscard]] std::string oauth1_signature(std::string_view base_string,
                                           const Oauth1Credentials& credentials);

// "OAuth …". `extra` are protocol parameters of the step: oauth_callback, oauth_verifier.
[[nodiscard]] Result<std::string> oauth1_authorization(const Oauth1Request& request,
                                                       const Oauth1Credentials& credentials,
                                                       const Oauth1Stamp& stamp,
                                                       std::span<const base::FormField> extra = {});

}  // namespace social::oauth
