// What the payload of a token states, before anybody judges it. BearerCheck reads it once
// for each token that it verifies; token/claims judges it for every request.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace social::token {

inline constexpr std::size_t kMaxSiteId = 128;  // bytes of `sid`

struct StatedClaims {
    std::optional<std::string> issuer;
    std::vector<std::string> audience;  // empty where it is missing or malformed
    std::optional<std::string> site;    // nothing where it is missing, or could be no id
    std::optional<std::string> user;    // "" where it is missing, nothing where it is no plain text
    std::optional<double> begins;       // the later of `nbf` and `iat`; 0 without, nothing where
                                        // one is malformed
    std::optional<double> ends;         // `exp`; nothing where it is missing or malformed
};

// unauthenticated when the payload is not a JSON object.
[[nodiscard]] Result<StatedClaims> state_claims(std::string_view payload);

}  // namespace social::token
