// What the payload of a token states, before anybody judges it, and a memory of the
// payloads that were read last. Called by read_claims() for every guarded request.
//
// A caller sends one token again and again, and to read its JSON costs more than to
// check its signature. Only the reading is remembered, under the whole text: equal
// text states equal claims. Signature, time and rules are looked at each time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace social::token {

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

// The same, from memory where it can be. What is pointed to lives until the next call.
[[nodiscard]] Result<const StatedClaims*> known_claims(std::string_view payload);

}  // namespace social::token
