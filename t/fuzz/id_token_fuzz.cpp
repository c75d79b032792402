// The id token of an OpenID provider (Core 1.0 §3.1.3.7). A first line with the provider's type,
// a line with the header, then the payload of a token that the provider's key signed. The key is
// one of HMAC, so that there are many executions; check_id_token() is told that it may be.
#include <algorithm>
#include <string>

#include "base/base64.hpp"
#include "crypto/left_half_hash.hpp"
#include "oauth/id_token.hpp"
#include "providers.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::string_view kNonce = "n-0S6_WzA2Mj";
constexpr std::string_view kAccessToken = "access";

crypto::JwsKey key() {
    return crypto::JwsKey::from_secret(crypto::Algorithm::hs256, "0123456789abcdef0123456789abcdef")
        .value();
}

const crypto::KeySet& keys() {
    static const crypto::KeySet set = [] {
        crypto::KeySet made;
        made.add({.kid = "k", .key = key()});
        return made;
    }();
    return set;
}

std::string signed_token(std::string_view header, std::string_view payload) {
    static const crypto::JwsKey own = key();
    std::string token = base::base64url_encode(header) + "." + base::base64url_encode(payload);
    token += "." + base::base64url_encode(own.sign(token));
    return token;
}

bool names(const base::Json& audience, std::string_view client) {
    bool named = audience.text() == client;
    for (std::size_t i = 0; i < audience.size(); ++i) {
        named = named || audience.at(i).text() == client;
    }
    return named;
}

void check_claims(const oauth::Provider& provider, const base::Json& claims) {
    require(names(claims.member("aud"), provider.client_id));
    require(claims.member("nonce").text() == kNonce);
    require(!claims.member("sub").text().value_or("").empty());
    require(claims.member("exp").number().value_or(0) > kNow - oauth::kClockSkew);
    require(claims.member("iat").number().value_or(kNow * 2) <= kNow + oauth::kClockSkew);
    require(!claims.member("at_hash").present() ||
            claims.member("at_hash").text() ==
                crypto::left_half_hash(crypto::Algorithm::hs256, kAccessToken));
    if (!provider.type->templated_issuer) {
        require(claims.member("iss").text() == provider.issuer);
    }
    const base::Json profile = oauth::profile_of_claims(claims);
    require(profile.member("sub").text() == claims.member("sub").text());
    require(!profile.member("aud").present() && !profile.member("nonce").present());
}

void check_refused(std::string_view token, const oauth::IdTokenRules& rules) {
    const auto claims = oauth::check_id_token(token, rules);
    require(!claims && claims.error().kind == Kind::provider_rejected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr crypto::Algorithm kDeclared[] = {crypto::Algorithm::hs256};
    constexpr crypto::Algorithm kOther[] = {crypto::Algorithm::rs256};
    std::string_view rest = text_of(data, size);
    const std::string_view whole = rest;
    const oauth::Provider& provider = take_provider(rest);
    const std::string_view header = take_line(rest);
    oauth::IdTokenRules rules{.provider = provider,
                              .keys = keys(),
                              .algorithms = kDeclared,
                              .nonce = kNonce,
                              .access_token = kAccessToken,
                              .now = kNow};
    check_refused(whole, rules);

    std::string token = signed_token(header.empty() ? R"({"alg":"HS256"})" : header, rest);
    const auto claims = oauth::check_id_token(token, rules);
    if (claims) {
        check_claims(provider, *claims);
    } else {
        require(claims.error().kind == Kind::provider_rejected);
    }
    static_cast<void>(oauth::claimed_kid(token));
    static_cast<void>(oauth::claimed_kid(whole));

    rules.nonce = {};
    check_refused(token, rules);
    rules.nonce = kNonce;
    rules.algorithms = kOther;
    check_refused(token, rules);
    rules.algorithms = kDeclared;
    const std::size_t at = size % token.size();
    token[at] = token[at] == 'A' ? 'B' : 'A';
    check_refused(token, rules);
    return 0;
}
