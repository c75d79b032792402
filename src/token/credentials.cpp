#include "token/credentials.hpp"

#include <utility>

#include "base/ascii.hpp"
#include "base/form.hpp"
#include "base/json.hpp"
#include "token/claims.hpp"

namespace social::token {
namespace {

using base::Json;

constexpr base::JsonLimits kJsonLimits{.bytes = 8192, .depth = 16};

Result<Credentials> complete(Credentials given) {
    if (given.email.empty() || given.password.empty() || given.site.empty()) {
        return bad_request("email, password and siteId are required");
    }
    if (given.site.size() > kMaxSiteId) {
        return bad_request("siteId is too long");
    }
    return given;
}

Result<Credentials> from_json(std::string_view body) {
    const auto document = Json::parse(body, kJsonLimits);
    if (!document) {
        return bad_request("The request body is not valid JSON");
    }
    if (!document->is_object()) {
        return bad_request("The request body is not a JSON object");
    }
    const Json email = document->member("email");
    const Json password = document->member("password");
    const Json site = document->member("siteId");
    if (!email.present() || !password.present() || !site.present()) {
        return bad_request("email, password and siteId are required");
    }
    if (!email.is_string() || !password.is_string()) {
        return bad_request("email and password must be strings");
    }
    auto id = site.id();
    if (!id) {
        return bad_request("siteId must be a string or a whole number");
    }
    auto plain = password.text();
    Credentials given{.email = email.text().value_or(std::string()),
                      .password = base::Secret(*plain),
                      .site = std::move(*id)};
    base::wipe(*plain);
    return complete(std::move(given));
}

Result<Credentials> from_form(std::string_view body) {
    const auto form = base::Form::parse(body);
    if (!form) {
        return bad_request("The request body is not a valid form");
    }
    const base::Found email = form->find("email");
    const base::Found password = form->find("password");
    const base::Found site = form->find("siteId");
    for (const base::Found& found : {email, password, site}) {
        // Another parser of the form could use the other value (CWE-235).
        if (found.occurrence == base::Occurrence::repeated) {
            return bad_request("email, password and siteId must be given once");
        }
    }
    return complete({.email = std::string(email.value),
                     .password = base::Secret(password.value),
                     .site = std::string(site.value)});
}

}  // namespace

std::optional<BodyFormat> body_format(std::string_view content_type) noexcept {
    const auto type = base::trimmed(content_type.substr(0, content_type.find(';')));
    if (base::equals_ignoring_case(type, "application/json")) {
        return BodyFormat::json;
    }
    if (base::equals_ignoring_case(type, "application/x-www-form-urlencoded")) {
        return BodyFormat::form;
    }
    return std::nullopt;
}

Result<Credentials> read_credentials(std::string_view body, BodyFormat format) {
    if (body.empty()) {
        return bad_request("The request body is empty");
    }
    return format == BodyFormat::json ? from_json(body) : from_form(body);
}

}  // namespace social::token
