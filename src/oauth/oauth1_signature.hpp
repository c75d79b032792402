// OAuth 1.0a signatures with HMAC-SHA1 (RFC 5849 §3.4) for the Authorization header (§3.5.1). The
// caller provides nonce and time.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/form.hpp"

namespace social::oauth {

// The request to sign. Only a form body is signed (§3.4.1.3.1): leave `form` empty for JSON and
// multipart.
struct Oauth1Request {
    std::string_view method;
    std::string_view url;   // absolute, with the query exactly as sent
    std::string_view form;  // application/x-www-form-urlencoded, exactly as sent
};

struct Oauth1Credentials {
    std::string_view consumer_key;
    std::string_view consumer_secret;
    std::string_view token;         // empty for the first request of a login
    std::string_view token_secret;  // of `token`
};

struct Oauth1Stamp {
    std::string nonce;         // unique for a timestamp (§3.3)
    std::int64_t seconds = 0;  // Unix time
};

// The signature base string (§3.4.1.1) of the query, the form and `protocol`. `protocol` has the
// oauth_* parameters without oauth_signature and realm. Fails with bad_request if the URL, the
// query or the form is malformed.
[[nodiscard]] Result<std::string> oauth1_base_string(const Oauth1Request& request,
                                                     std::span<const base::FormField> protocol);

// The HMAC-SHA1 signature of §3.4.2, in base64.
[[nodiscard]] std::string oauth1_signature(std::string_view base_string,
                                           const Oauth1Credentials& credentials);

// The header's value, "OAuth …". `extra` has the protocol parameters of the step: oauth_callback or
// oauth_verifier. Fails like oauth1_base_string().
[[nodiscard]] Result<std::string> oauth1_authorization(const Oauth1Request& request,
                                                       const Oauth1Credentials& credentials,
                                                       const Oauth1Stamp& stamp,
                                                       std::span<const base::FormField> extra = {});

}  // namespace social::oauth
