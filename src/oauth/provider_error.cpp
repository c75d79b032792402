#include "oauth/provider_error.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "oauth/error_code.hpp"

namespace social::oauth {

namespace {

// The service is down (1, 2), or calls of the app, user, page or business are throttled. See "Rate
// limiting" and "Error handling" of the Graph API reference.
constexpr std::array<std::int64_t, 11> kGraphTransient{1,   2,   4,     17,    32,   341,
                                                       368, 613, 80001, 80002, 80006};

struct Findings {
    std::string text;  // ", code 190, subcode 463"
    bool transient = false;
};

void add_number(std::string& text, std::string_view label, const base::Json& number) {
    if (const auto value = number.lenient_number()) {
        text += std::string(label) + std::to_string(*value);
    }
}

Findings graph_findings(const base::Json& error) {
    Findings findings;
    const base::Json number = error.member("code");
    if (number.is_string() && !number.lenient_number()) {
        findings.text = ", " + printable_code(number.text().value_or(""));
        return findings;
    }
    add_number(findings.text, ", code ", number);
    add_number(findings.text, ", subcode ", error.member("error_subcode"));
    const std::int64_t code = number.lenient_number().value_or(0);
    findings.transient = std::ranges::find(kGraphTransient, code) != kGraphTransient.end();
    return findings;
}

Findings findings_of(const base::Json& body) {
    const base::Json error = body.member("error");
    if (error.is_object()) {
        return graph_findings(error);
    }
    Findings findings;
    if (const auto code = error.text()) {
        findings.text = ", " + printable_code(*code);
    } else if (const auto type = body.member("error_type").text()) {
        findings.text = ", " + printable_code(*type);
        add_number(findings.text, ", code ", body.member("code"));
    } else if (body.member("errors").is_array()) {
        add_number(findings.text, ", code ", body.member("errors").at(0).member("code"));
    } else if (const auto title = body.member("title").text()) {
        findings.text = ", " + printable_title(*title);
    }
    return findings;
}

// Reads the code of <errors><error code="415">… or oauth_problem=… (OAuth 1.0a problem reporting).
Findings text_findings(std::string_view body) {
    constexpr std::string_view kXml = "<error code=\"";
    constexpr std::string_view kForm = "oauth_problem=";
    Findings findings;
    if (const std::size_t xml = body.find(kXml); xml != std::string_view::npos) {
        const std::string_view rest = body.substr(xml + kXml.size());
        findings.text = ", code " + printable_code(rest.substr(0, rest.find('"')));
    } else if (const std::size_t form = body.find(kForm); form != std::string_view::npos) {
        const std::string_view rest = body.substr(form + kForm.size());
        findings.text = ", " + printable_code(rest.substr(0, rest.find_first_of("&\r\n")));
    }
    return findings;
}

}  // namespace

bool has_error(const base::Json& body) {
    const base::Json error = body.member("error");
    // TikTok's successful responses have an error object with code "ok".
    const bool none = !error.present() || error.is_null() || error.member("code").text() == "ok";
    return !none || body.member("error_type").present();
}

Error provider_error(const base::HttpResponse& response, std::string_view what) {
    const Result<base::Json> body = base::Json::parse(response.body);
    Findings findings;
    bool garbage = true;
    if (body) {
        findings = findings_of(*body);
        garbage = findings.text.empty();
    } else {
        findings = text_findings(response.body);
    }
    const bool refused = response.status >= 400 && response.status < 500 && response.status != 429;
    const bool told = response.status < 300 && !garbage;
    const bool rejected = (refused || told) && !findings.transient;
    return Error{rejected ? Kind::provider_rejected : Kind::provider_unavailable, what,
                 "HTTP " + std::to_string(response.status) + findings.text};
}

Error unusable_answer(const MissingMember& missing_member) {
    return Error{Kind::provider_unavailable, missing_member.step,
                 "the answer has no usable " + std::string(missing_member.missing)};
}

Result<base::Json> read_object(const base::HttpResponse& response, std::string_view what) {
    if (response.status < 200 || response.status > 299) {
        return std::unexpected(provider_error(response, what));
    }
    Result<base::Json> body = base::Json::parse(response.body);
    if (!body || !body->is_object()) {
        return std::unexpected(unusable_answer({.step = what, .missing = "JSON object"}));
    }
    if (has_error(*body)) {
        return std::unexpected(provider_error(response, what));
    }
    return body;
}

}  // namespace social::oauth
