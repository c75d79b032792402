#include "oauth/id_token.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "crypto/jws.hpp"
#include "crypto/left_half_hash.hpp"

namespace social::oauth {

namespace {

// Core 1.0 §5.1, in its order.
constexpr std::array<std::string_view, 20> kStandardClaims{"sub",
                                                           "name",
                                                           "given_name",
                                                           "family_name",
                                                           "middle_name",
                                                           "nickname",
                                                           "preferred_username",
                                                           "profile",
                                                           "picture",
                                                           "website",
                                                           "email",
                                                           "email_verified",
                                                           "gender",
                                                           "birthdate",
                                                           "zoneinfo",
                                                           "locale",
                                                           "phone_number",
                                                           "phone_number_verified",
                                                           "address",
                                                           "updated_at"};

std::unexpected<Error> invalid_id_token(std::string_view reason) {
    return fail(Kind::provider_rejected, "the provider's id token is not valid",
                std::string(reason));
}

// The required `iss`. Returns nullopt if the claim of a templated issuer is missing.
std::optional<std::string> expected_issuer(const Provider& provider, const base::Json& claims) {
    const auto& templated = provider.type->templated_issuer;
    if (!templated || provider.issuer != provider.type->issuer) {
        return provider.issuer;
    }
    const std::optional<std::string> value = claims.member(templated->claim).text();
    if (!value || value->empty()) {
        return std::nullopt;
    }
    std::string issuer(templated->issuer);
    issuer.replace(issuer.find(templated->mark), templated->mark.size(), *value);
    return issuer;
}

// §3.1.3.7 points 3 to 5. With several audiences, `azp` must be this client.
bool is_for(const base::Json& claims, std::string_view client_id) {
    const base::Json audience = claims.member("aud");
    bool named = audience.text() == client_id;
    for (std::size_t i = 0; i < audience.size(); ++i) {
        named = named || audience.at(i).text() == client_id;
    }
    const base::Json party = claims.member("azp");
    const bool many = audience.size() > 1;
    return named && (party.present() ? party.text() == client_id : !many);
}

Result<void> check_times(const base::Json& claims, std::int64_t now) {
    const std::optional<std::int64_t> expires = claims.member("exp").number();
    if (!expires || *expires <= now - kClockSkew) {
        return invalid_id_token("exp");
    }
    const std::optional<std::int64_t> issued = claims.member("iat").number();
    if (!issued || *issued > now + kClockSkew) {
        return invalid_id_token("iat");
    }
    return {};
}

Result<void> check_claims(const base::Json& claims, const IdTokenRules& rules,
                          crypto::Algorithm algorithm) {
    const std::optional<std::string> issuer = expected_issuer(rules.provider, claims);
    if (!issuer || claims.member("iss").text() != *issuer) {
        return invalid_id_token("iss");
    }
    if (!is_for(claims, rules.provider.client_id)) {
        return invalid_id_token("aud");
    }
    if (Result<void> timely = check_times(claims, rules.now); !timely) {
        return timely;
    }
    // Binds the token to this login of this browser and prevents injection of a stolen token
    // (§15.5.2).
    if (rules.nonce.empty() || claims.member("nonce").text() != rules.nonce) {
        return invalid_id_token("nonce");
    }
    if (claims.member("sub").text().value_or("").empty()) {
        return invalid_id_token("sub");
    }
    const base::Json hash = claims.member("at_hash");
    if (hash.present() && hash.text() != crypto::left_half_hash(algorithm, rules.access_token)) {
        return invalid_id_token("at_hash");
    }
    return {};
}

}  // namespace

Result<base::Json> check_id_token(std::string_view token, const IdTokenRules& rules) {
    const Result<crypto::CompactJws> jws = crypto::read_compact(token);
    if (!jws) {
        return invalid_id_token("it cannot be read");
    }
    if (std::ranges::find(rules.algorithms, jws->algorithm) == rules.algorithms.end()) {
        return invalid_id_token("alg");
    }
    const Result<std::string> payload = rules.keys.verify(token);
    if (!payload) {
        return invalid_id_token("signature");
    }
    Result<base::Json> claims = base::Json::parse(*payload);
    if (!claims || !claims->is_object()) {
        return invalid_id_token("it cannot be read");
    }
    if (Result<void> checked = check_claims(*claims, rules, jws->algorithm); !checked) {
        return std::unexpected(std::move(checked.error()));
    }
    return claims;
}

std::string claimed_kid(std::string_view token) {
    const Result<crypto::CompactJws> jws = crypto::read_compact(token);
    return jws ? jws->kid.value_or("") : std::string();
}

base::Json profile_of_claims(const base::Json& claims) {
    base::Json profile = base::Json::object();
    for (const std::string_view name : kStandardClaims) {
        profile.set(name, claims.member(name));
    }
    return profile;
}

}  // namespace social::oauth
