#include "token/parsed_claims.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/ascii.hpp"
#include "base/json.hpp"
#include "crypto/jws.hpp"

namespace social::token {
namespace {

using base::Json;

constexpr base::JsonLimits kLimits{.bytes = crypto::kMaxToken, .depth = 32};

// Parses a NumericDate (RFC 7519 §2): a number, possibly with a fraction. Returns nullopt for
// another type and for a negative number. Also for 2^63 and above, which would overflow in a
// conversion.
std::optional<double> numeric_date(const Json& value) {
    constexpr double kTooLate = 9223372036854775808.0;  // 2^63
    if (const auto whole = value.number()) {
        return *whole >= 0 ? std::optional(static_cast<double>(*whole)) : std::nullopt;
    }
    if (!value.present()) {
        return std::nullopt;
    }
    // JSON of any other type starts with a quote, bracket or letter.
    const std::string text = value.dump();
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!is_number || !(seconds >= 0) || seconds >= kTooLate) {
        return std::nullopt;
    }
    return seconds;
}

// `nbf` per RFC 7519 §4.1.5. A token with `iat` in the future is invalid, too.
std::optional<double> beginning(const Json& json) {
    double latest = 0;
    for (const std::string_view name : {"nbf", "iat"}) {
        const Json value = json.member(name);
        if (!value.present()) {
            continue;
        }
        const auto begin = numeric_date(value);
        if (!begin) {
            return std::nullopt;
        }
        latest = std::max(latest, *begin);
    }
    return latest;
}

// One string, or an array of strings (RFC 7519 §4.1.3).
std::vector<std::string> audience_of(const Json& value) {
    std::vector<std::string> all;
    if (auto one = value.text()) {
        all.push_back(std::move(*one));
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        auto member = value.at(i).text();
        if (!member) {
            return {};
        }
        all.push_back(std::move(*member));
    }
    return all;
}

bool is_plain(const std::string& text) noexcept {
    return std::ranges::none_of(text, base::is_control);
}

}  // namespace

Result<ParsedClaims> parse_claims(std::string_view payload) {
    const auto json = Json::parse(payload, kLimits);
    if (!json || !json->is_object()) {
        return crypto::invalid_token("the payload is not a JSON object");
    }
    ParsedClaims claims;
    claims.issuer = json->member("iss").text();
    claims.audience = audience_of(json->member("aud"));
    claims.site = json->member("sid").text();
    if (claims.site &&
        (claims.site->empty() || claims.site->size() > kMaxSiteId || !is_plain(*claims.site))) {
        claims.site.reset();
    }
    const Json subject = json->member("sub");
    claims.user = subject.present() ? subject.text() : std::string();
    if (claims.user && !is_plain(*claims.user)) {
        claims.user.reset();
    }
    claims.not_before = beginning(*json);
    claims.expires_at = numeric_date(json->member("exp"));
    return claims;
}

}  // namespace social::token
