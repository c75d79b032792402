#include "token/claims.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/ascii.hpp"
#include "base/json.hpp"
#include "crypto/jws.hpp"

namespace social::token {
namespace {

using base::Json;
using crypto::invalid_token;

constexpr base::JsonLimits kLimits{.bytes = crypto::kMaxToken, .depth = 32};

// A NumericDate (RFC 7519 §2): a number that may have a fraction. Nothing for
// another type (a string of digits, true), a negative number, or one that is no
// time of 64 bits and would overflow where it is converted.
std::optional<double> numeric_date(const Json& value) {
    constexpr double kTooLate = 9223372036854775808.0;  // 2^63
    if (const auto whole = value.number()) {
        return *whole >= 0 ? std::optional(static_cast<double>(*whole)) : std::nullopt;
    }
    if (!value.present()) {
        return std::nullopt;
    }
    // Only a number is written without a quote, bracket or letter in front.
    const std::string text = value.dump();
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    const bool is_number = error == std::errc{} && end == text.data() + text.size();
    if (!is_number || !(seconds >= 0) || seconds >= kTooLate) {
        return std::nullopt;
    }
    return seconds;
}

// RFC 7519 §4.1.5 for `nbf`; a token that was issued in the future is no better.
bool has_begun(const Json& value, const ClaimRules& rules, std::int64_t now) {
    if (!value.present()) {
        return true;
    }
    const auto begin = numeric_date(value);
    // As floating-point numbers, leeway and time cannot overflow.
    return begin && *begin <= static_cast<double>(now) + static_cast<double>(rules.leeway);
}

// RFC 7519 §4.1.3: one string, or an array of strings. Compared as a whole: a
// substring is no match (CVE-2024-53861).
bool admits(const Json& audience, const std::string& ours) {
    if (!audience.is_array()) {
        return audience.text() == ours;
    }
    bool found = false;
    for (std::size_t i = 0; i < audience.size(); ++i) {
        const auto member = audience.at(i).text();
        if (!member) {
            return false;
        }
        found = found || *member == ours;
    }
    return found;
}

bool is_plain(const std::string& text) noexcept {
    return std::ranges::none_of(text, base::is_control);
}

}  // namespace

Result<Claims> read_claims(std::string_view payload, const ClaimRules& rules, std::int64_t now) {
    const auto json = Json::parse(payload, kLimits);
    if (!json || !json->is_object()) {
        return invalid_token("the payload is not a JSON object");
    }
    if (!rules.issuer.empty() && json->member("iss").text() != rules.issuer) {
        return invalid_token("another issuer");
    }
    if (!rules.audience.empty() && !admits(json->member("aud"), rules.audience)) {
        return invalid_token("another audience");
    }
    auto site = json->member("sid").text();
    if (!site || site->empty() || site->size() > kMaxSiteId || !is_plain(*site)) {
        return invalid_token("no site id");
    }
    if (rules.knows_site && !rules.knows_site(*site)) {
        return invalid_token("of a site that is not configured");
    }
    const Json subject = json->member("sub");
    auto user = subject.present() ? subject.text() : std::string();
    if (!user || !is_plain(*user)) {
        return invalid_token("the subject is not plain text");
    }
    if (!has_begun(json->member("nbf"), rules, now) ||
        !has_begun(json->member("iat"), rules, now)) {
        return invalid_token("not yet valid");
    }
    const auto end = numeric_date(json->member("exp"));
    if (!end) {
        return invalid_token("no expiration time");
    }
    // RFC 7519 §4.1.4: "on or after".
    if (static_cast<double>(now) >= *end + static_cast<double>(rules.leeway)) {
        return fail(Kind::unauthenticated, "Expired token");
    }
    return Claims{.site = std::move(*site), .user = std::move(*user)};
}

}  // namespace social::token
