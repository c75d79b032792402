// The payload of a verified token (RFC 7519 §4.1), validated at a time and under rules. The result
// is compared with a validation of jansson's values.
#include <jansson.h>

#include <memory>
#include <optional>
#include <string>

#include "base/ascii.hpp"
#include "fuzz.hpp"
#include "token/claims.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;

using Value = std::unique_ptr<json_t, decltype(&json_decref)>;

std::optional<std::string> text_of_member(const json_t* object, const char* name) {
    const json_t* value = json_object_get(object, name);
    return json_is_string(value)
               ? std::optional(std::string(json_string_value(value), json_string_length(value)))
               : std::nullopt;
}

bool is_plain(const std::string& text) {
    for (const char c : text) {
        if (base::is_control(c)) {
            return false;
        }
    }
    return true;
}

// Returns nullopt if the value is no time of 64 bits.
std::optional<double> time_of(const json_t* value) {
    const double seconds = json_number_value(value);
    const bool usable = json_is_integer(value) || (json_is_real(value) && seconds < 0x1p63);
    return usable && seconds >= 0 ? std::optional(seconds) : std::nullopt;
}

bool has_audience(const json_t* audience, const std::string& wanted) {
    if (json_is_string(audience)) {
        return json_string_value(audience) == wanted;
    }
    bool found = false;
    for (std::size_t i = 0; i < json_array_size(audience); ++i) {
        const json_t* member = json_array_get(audience, i);
        if (!json_is_string(member)) {
            return false;
        }
        found = found || json_string_value(member) == wanted;
    }
    return found;
}

bool starts_later(const json_t* object, double clock) {
    for (const char* name : {"nbf", "iat"}) {
        const json_t* value = json_object_get(object, name);
        const auto begin = time_of(value);
        if (value != nullptr && (!begin || *begin > clock)) {
            return true;
        }
    }
    return false;
}

// Returns "" for a valid token, else the error text.
std::string_view reference(const json_t* object, const token::ClaimRules& rules) {
    const auto site = text_of_member(object, "sid");
    const json_t* subject = json_object_get(object, "sub");
    const auto user = text_of_member(object, "sub");
    const bool wrong_issuer =
        !rules.issuer.empty() && text_of_member(object, "iss") != rules.issuer;
    const bool wrong_audience =
        !rules.audience.empty() && !has_audience(json_object_get(object, "aud"), rules.audience);
    const bool no_site =
        !site || site->empty() || site->size() > token::kMaxSiteId || !is_plain(*site);
    const bool wrong_user = subject != nullptr && (!user || !is_plain(*user));
    const auto leeway = static_cast<double>(rules.leeway);
    const auto expires_at = time_of(json_object_get(object, "exp"));
    if (wrong_issuer || wrong_audience || no_site || wrong_user || !expires_at ||
        starts_later(object, kNow + leeway)) {
        return "Invalid token";
    }
    return kNow >= *expires_at + leeway ? "Expired token" : "";
}

void check(const token::ParsedClaims& parsed, const json_t* object,
           const token::ClaimRules& rules) {
    const auto claims = token::validate(parsed, rules, kNow);
    require((claims ? std::string_view() : claims.error().what) == reference(object, rules));
    if (claims) {
        require(claims->site_id == text_of_member(object, "sid"));
        require(claims->user == text_of_member(object, "sub").value_or(""));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    const auto parsed = token::parse_claims(text);
    json_error_t unused;
    const Value value(json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, &unused),
                      &json_decref);
    if (!parsed) {
        require(parsed.error().kind == Kind::unauthenticated);
        return 0;
    }
    require(json_is_object(value.get()));
    check(*parsed, value.get(), {});
    check(*parsed, value.get(), {.issuer = "i", .audience = "a", .leeway = 30});
    return 0;
}
