// The session JSON without its first member, `session`: flow/sessions inserts it with the session
// id. Members and their order are part of the API. Members that the provider did not send are
// omitted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/secret.hpp"
#include "oauth/provider.hpp"

namespace social::oauth {

struct SessionParts {
    base::Json profile;
    base::Secret token;
    std::vector<base::Json> accounts;  // as the provider sent them
    std::int64_t expires_at = 0;       // Unix seconds; 0: the token does not expire
    std::string scope;
};

// Returns compact JSON, which holds tokens. Fails with provider_unavailable if the profile is no
// object.
[[nodiscard]] Result<std::string> session_body(SessionShape shape, const SessionParts& parts);

// The parts of a session that a refresh changes.
struct RefreshedParts {
    base::Secret token;
    std::int64_t expires_at = 0;  // Unix seconds; 0: the token does not expire
    std::string scope;            // empty: unchanged
};

// Checks a body before the refresh request is sent: refreshed_body() succeeds for each body that
// passes. Fails with internal for an invalid body.
[[nodiscard]] Result<void> check_session_body(std::string_view body);

// Returns `body`, including `session`, with the refreshed token: the same members in the same
// order. Fails with internal for an invalid body.
[[nodiscard]] Result<std::string> refreshed_body(SessionShape shape, std::string_view body,
                                                 const RefreshedParts& parts);

}  // namespace social::oauth
