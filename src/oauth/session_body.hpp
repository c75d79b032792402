// The session JSON without its first member, `session`, which flow/sessions puts
// in front when the id is made. Members and their order are the public contract;
// what the provider did not give is left out.
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
    std::int64_t expires_at = 0;       // Unix seconds; 0: the token has no end
    std::string scope;
};

// Compact JSON; holds tokens. provider_unavailable when the answers of the provider
// do not make a session.
[[nodiscard]] Result<std::string> session_body(SessionShape shape, const SessionParts& parts);

// What a renewal changes of a session.
struct RenewedParts {
    base::Secret token;
    std::int64_t expires_at = 0;  // Unix seconds; 0: the token has no end
    std::string scope;            // empty: as it was
};

// What renewed_body() asks of a body, for before the provider is asked: whatever passes here can
// be renewed. internal for a body that is none of ours.
[[nodiscard]] Result<void> check_session_body(std::string_view body);

// `body`, with its first member, once its token was renewed: the same members in the same
// order. internal for a body that is none of ours.
[[nodiscard]] Result<std::string> renewed_body(SessionShape shape, std::string_view body,
                                               const RenewedParts& parts);

}  // namespace social::oauth
