#include "ngx/presentation.hpp"

#include <algorithm>
#include <array>

#include "ngx/envelope.hpp"

namespace social::ngx {

namespace {

// Seconds after which a store that is down is worth asking again.
constexpr std::string_view kRetryAfter = "5";

struct Row {
    Kind kind;
    int status;
    ngx_uint_t log_level;
    page::PageName page;
    std::string_view result;  // $social_result
};

// No NGX_LOG_ALERT: that level is for nginx's own invariants.
constexpr std::array kRows{
    Row{Kind::wrong_site, 400, NGX_LOG_INFO, page::PageName::wrong_site, "wrong_site"},
    Row{Kind::bad_request, 400, NGX_LOG_INFO, page::PageName::expired, "bad_request"},
    Row{Kind::bad_callback, 400, NGX_LOG_INFO, page::PageName::expired, "bad_callback"},
    Row{Kind::login_refused, 403, NGX_LOG_INFO, page::PageName::refused, "refused"},
    Row{Kind::unauthenticated, 401, NGX_LOG_INFO, page::PageName::expired, "unauthenticated"},
    Row{Kind::not_found, 404, NGX_LOG_INFO, page::PageName::expired, "not_found"},
    Row{Kind::provider_rejected, 502, NGX_LOG_ERR, page::PageName::provider, "provider_failed"},
    Row{Kind::provider_unavailable, 502, NGX_LOG_ERR, page::PageName::provider, "provider_failed"},
    Row{Kind::store_unavailable, 503, NGX_LOG_ERR, page::PageName::unavailable, "store_failed"},
    Row{Kind::internal, 500, NGX_LOG_CRIT, page::PageName::provider, "error"},
};

const Row& row(Kind kind) noexcept {
    const auto* found = std::ranges::find(kRows, kind, &Row::kind);
    return found != kRows.end() ? *found : kRows.back();
}

std::string user_message(const Error& error, std::string_view provider) {
    switch (error.kind) {
        case Kind::provider_rejected:
        case Kind::provider_unavailable:
            return std::string(provider) + " is not answering, please try again";
        case Kind::store_unavailable:
            return "Sessions are unavailable, please try again";
        case Kind::internal:
            return "Internal server error";
        default:
            return std::string(error.what);
    }
}

Answer envelope_answer(const Error& error, const Presentation& how) {
    const Row& entry = row(error.kind);
    const std::string message = user_message(error, how.provider);
    Envelope envelope{.status = entry.status, .user_message = message};
    std::string detail;
    if (entry.status == 502) {
        detail = std::string(error.what) + (error.detail.empty() ? "" : ": ") + error.detail;
        envelope.developer_message = detail;
    }
    return Answer(entry.status, kJson, to_json(envelope));
}

}  // namespace

std::string_view result_word(Kind kind) noexcept {
    return row(kind).result;
}

Answer present(const Error& error, const Presentation& how) {
    const Row& entry = row(error.kind);
    page::Fields fields;
    fields.provider = how.brand;
    fields.try_again = how.try_again;
    Answer answer = how.medium == Medium::envelope
                        ? envelope_answer(error, how)
                        : page_answer(entry.status, entry.page, fields, how);
    if (error.kind == Kind::store_unavailable) {
        answer.headers.push_back({"Retry-After", std::string(kRetryAfter)});
    }
    if (error.kind == Kind::unauthenticated) {
        answer.headers.push_back({"WWW-Authenticate", challenge(error.what)});
    }
    return answer;
}

// RFC 6750 §3: a request without a token gets the bare challenge. The scheme must
// be followed by a parameter, so the realm is always there.
std::string challenge(std::string_view what) {
    std::string text = R"(Bearer realm="social")";
    if (what != kTokenRequired) {
        text += R"(, error="invalid_token", error_description=")" + std::string(what) + '"';
    }
    return text;
}

Answer page_answer(int status, page::PageName name, const page::Fields& fields,
                   const Presentation& how) {
    std::string_view own;
    if (how.templates != nullptr) {
        own = (*how.templates)[static_cast<std::size_t>(name)];
    }
    Answer answer(status, kHtml, page::render(name, how.language, fields, own));
    answer.headers.push_back({"Referrer-Policy", "no-referrer"});
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

void log_error(ngx_log_t* log, const Error& error, std::string_view provider) noexcept {
    write_log(log, row(error.kind).log_level,
              {"social: ", error.what, error.detail.empty() ? "" : ": ", error.detail,
               provider.empty() ? "" : ", provider: ", provider});
}

}  // namespace social::ngx
