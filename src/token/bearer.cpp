#include "token/bearer.hpp"

#include <string>

#include "base/ascii.hpp"
#include "crypto/jws.hpp"

namespace social::token {
namespace {

// "Bearer" in any case (RFC 9110 §11.1), one space, the token (RFC 6750 §2.1). Another space, a tab
// or a comma would belong to the token, which cannot contain one.
constexpr std::string_view kScheme = "Bearer ";

}  // namespace

Result<Claims> BearerCheck::check(std::optional<std::string_view> authorization,
                                  std::int64_t now) const {
    if (!authorization) {
        return fail(Kind::unauthenticated, "Token required");
    }
    if (!authorization->starts_with(kScheme) &&
        !base::starts_with_ignoring_case(*authorization, kScheme)) {
        return crypto::invalid_token("not the Bearer scheme");
    }
    auto parsed = claims_of(authorization->substr(kScheme.size()));
    if (!parsed) {
        return std::unexpected(std::move(parsed.error()));
    }
    return validate(**parsed, rules_, now);
}

Result<const ParsedClaims*> BearerCheck::claims_of(std::string_view token) const {
    const std::uint64_t key_version = keys_.version();
    if (const ParsedClaims* cached = verified_.find(token, key_version)) {
        return cached;
    }
    auto payload = keys_.verify(token);
    if (!payload) {
        return std::unexpected(std::move(payload.error()));
    }
    auto parsed = parse_claims(*payload);
    if (!parsed) {
        return std::unexpected(std::move(parsed.error()));
    }
    return &verified_.put(token, key_version, std::move(*parsed));
}

}  // namespace social::token
