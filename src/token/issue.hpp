// The tokens that the token API gives out (POST /api/authenticate).
//
// Header: typ, alg, kid. Claims, in this order: iss and aud (each where configured),
// sub, sid, iat, nbf, exp, jti. A token that is issued here passes token/bearer
// with the same configuration.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "token/keys.hpp"

namespace social::token {

struct Grant {
    std::string_view issuer;    // empty: no `iss`
    std::string_view audience;  // empty: no `aud`
    std::string_view user;      // `sub`
    std::string_view site;      // `sid`
    std::int64_t now = 0;       // Unix seconds
    std::int64_t lifetime = 0;  // seconds, above zero
};

// The compact token, a secret. internal when no key can sign; bad_request when a
// text of the grant cannot stand in a token. Throws as JwsKey::sign().
[[nodiscard]] Result<std::string> issue(const Grant& grant, const TokenKeys& keys);

}  // namespace social::token
