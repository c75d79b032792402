#include "request/error_response.hpp"

#include <algorithm>
#include <array>
#include <forward_list>
#include <memory>

#include "request/envelope.hpp"
#include "request/headers_filter.hpp"

namespace social::ngx {

namespace {

// Retry-After of a 503, in seconds.
constexpr std::string_view kRetryAfter = "5";

struct Row {
    Kind kind;
    int status;
    page::PageName page;
    std::string_view result;  // $social_result
};

constexpr std::array kRows{
    Row{Kind::wrong_site, 400, page::PageName::wrong_site, "wrong_site"},
    Row{Kind::bad_request, 400, page::PageName::expired, "bad_request"},
    Row{Kind::bad_callback, 400, page::PageName::expired, "bad_callback"},
    Row{Kind::login_refused, 403, page::PageName::refused, "refused"},
    Row{Kind::unauthenticated, 401, page::PageName::expired, "unauthenticated"},
    Row{Kind::not_found, 404, page::PageName::expired, "not_found"},
    Row{Kind::provider_rejected, 502, page::PageName::provider, "provider_failed"},
    Row{Kind::provider_unavailable, 502, page::PageName::provider, "provider_failed"},
    Row{Kind::store_unavailable, 503, page::PageName::unavailable, "store_failed"},
    Row{Kind::internal, 500, page::PageName::provider, "error"},
};

const Row& row(Kind kind) noexcept {
    const auto* found = std::ranges::find(kRows, kind, &Row::kind);
    return found != kRows.end() ? *found : kRows.back();
}

// The client's message for the error. nullopt if the message must name the provider.
std::optional<std::string_view> plain_message(const Error& error) noexcept {
    switch (error.kind) {
        case Kind::provider_rejected:
        case Kind::provider_unavailable:
            return std::nullopt;
        case Kind::store_unavailable:
            return kStoreUnavailable;
        case Kind::internal:
            return "Internal server error";
        default:
            return error.what;
    }
}

std::string challenge_text(std::string_view what) {
    std::string text = R"(Bearer realm="social")";
    if (what != kTokenRequired) {
        text += R"(, error="invalid_token", error_description=")" + std::string(what) + '"';
    }
    return text;
}

// Fixed error responses, built once per process: unauthenticated clients can trigger them at any
// rate. Messages have static storage, so the source bounds their number.
struct FixedResponse {
    int status = 0;
    std::string_view message;
    SharedText body;
    std::string challenge;
};

const FixedResponse& fixed_response(int status, std::string_view message) {
    static std::forward_list<FixedResponse> made;
    // Compares addresses: a literal with two addresses only costs a second entry.
    const auto found = std::ranges::find_if(made, [&](const FixedResponse& known) {
        return known.status == status && known.message.data() == message.data() &&
               known.message.size() == message.size();
    });
    if (found != made.end()) {
        return *found;
    }
    return made.emplace_front(
        status, message,
        std::make_shared<const std::string>(to_json({.status = status, .user_message = message})),
        challenge_text(message));
}

Answer envelope_answer(const Error& error, const ErrorFormat& how) {
    const int status = row(error.kind).status;
    if (const std::optional<std::string_view> plain = plain_message(error)) {
        return Answer(status, kJson, fixed_response(status, *plain).body);
    }
    const std::string message = std::string(how.provider) + " is not answering, please try again";
    const std::string detail =
        std::string(error.what) + (error.detail.empty() ? "" : ": ") + error.detail;
    return Answer(
        status, kJson,
        to_json({.status = status, .user_message = message, .developer_message = detail}));
}

Answer error_page(const Row& entry, const ErrorFormat& how) {
    page::Fields fields;
    fields.provider = how.brand;
    fields.try_again = how.try_again;
    return page_answer(entry.status, entry.page, fields, how);
}

}  // namespace

std::string_view result_word(Kind kind) noexcept {
    return row(kind).result;
}

Answer present(const Error& error, const ErrorFormat& how) {
    Answer answer = how.medium == ResponseFormat::envelope ? envelope_answer(error, how)
                                                           : error_page(row(error.kind), how);
    if (error.kind == Kind::store_unavailable) {
        answer.headers.push_back({"Retry-After", std::string(kRetryAfter)});
    }
    if (error.kind == Kind::unauthenticated) {
        answer.challenge = challenge(error.what);
    }
    return answer;
}

// RFC 6750 §3: a request without a token gets a challenge without an error code. The scheme needs
// at least one parameter, so the realm is always present.
std::string_view challenge(std::string_view what) {
    return fixed_response(NGX_HTTP_UNAUTHORIZED, what).challenge;
}

Answer page_answer(int status, page::PageName name, const page::Fields& fields,
                   const ErrorFormat& how) {
    std::string_view own;
    if (how.templates != nullptr) {
        own = (*how.templates)[static_cast<std::size_t>(name)];
    }
    Answer answer(status, kHtml, page::render(name, how.language, fields, own));
    answer.headers.push_back({kReferrerPolicy, std::string(kNoReferrer)});
    answer.headers.push_back({"Content-Security-Policy",
                              std::string(page::content_security_policy(name, !own.empty()))});
    answer.headers.push_back({"Vary", "Accept, Accept-Language"});
    return answer;
}

Answer method_not_allowed(std::string_view allow) {
    const Envelope envelope{.status = NGX_HTTP_NOT_ALLOWED, .user_message = "Method not allowed"};
    Answer answer(NGX_HTTP_NOT_ALLOWED, kJson, to_json(envelope));
    answer.headers.push_back({"Allow", std::string(allow)});
    return answer;
}

}  // namespace social::ngx
