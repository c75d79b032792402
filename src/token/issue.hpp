// Issues the tokens of the token API (POST /api/authenticate).
//
// Header: typ, alg, kid. Claims, in this order: iss and aud (if configured), sub, sid, iat, nbf,
// exp, jti. BearerCheck accepts an issued token under the same configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "token/keys.hpp"

namespace social::token {

struct TokenRequest {
    std::string_view issuer;    // empty: no `iss`
    std::string_view audience;  // empty: no `aud`
    std::string_view user;      // `sub`
    std::string_view site;      // `sid`
    std::int64_t now = 0;       // Unix seconds
    std::int64_t lifetime = 0;  // seconds, positive
};

// Returns the compact token, a secret. Returns internal if no key can sign, and bad_request if a
// text is no valid claim. Throws as JwsKey::sign() does.
[[nodiscard]] Result<std::string> issue(const TokenRequest& grant, const TokenKeys& keys);

}  // namespace social::token
