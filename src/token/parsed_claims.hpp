// The parsed claims of a token, not validated. BearerCheck parses them once per verified token;
// token/claims validates them for every request.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace social::token {

inline constexpr std::size_t kMaxSiteId = 128;  // bytes of `sid`; no control characters

struct ParsedClaims {
    std::optional<std::string> issuer;
    std::vector<std::string> audience;  // empty if missing or malformed
    std::optional<std::string> site;    // nullopt if missing or no valid id
    std::optional<std::string> user;    // "" if missing, nullopt if not a string or with controls
    std::optional<double> not_before;   // the later of `nbf` and `iat`, Unix seconds; 0 if both are
                                        // missing, nullopt if one is malformed
    std::optional<double> expires_at;   // `exp`, Unix seconds; nullopt if missing or malformed
};

// Returns unauthenticated if the payload is no JSON object.
[[nodiscard]] Result<ParsedClaims> parse_claims(std::string_view payload);

}  // namespace social::token
