// Turns an Error into the answer that its reader understands: the envelope for
// programs, a page for people. The one table from error kinds to statuses and pages is here;
// loop/error_log.cpp has the one to log levels.
#pragma once

#include <string>

#include "base/error.hpp"
#include "ngx/ngx.hpp"
#include "page/language.hpp"
#include "page/page.hpp"
#include "request/answer.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

enum class ResponseFormat { envelope, page };

// Who reads the answer, and what can be offered. Filled while a request is
// understood, so that an error late in a login still has the link to try again.
struct ErrorFormat {
    ResponseFormat medium = ResponseFormat::envelope;
    page::Language language = page::Language::en;
    std::string provider;                      // name of the block; empty where none is known
    std::string brand;                         // likewise, what people call it
    std::string try_again;                     // URL of a fresh login; empty where none is known
    const PageTemplates* templates = nullptr;  // of the server; nullptr: built-in pages
};

// What the bearer check says of a request that brings no token.
inline constexpr std::string_view kTokenRequired = "Token required";

// `$social_result` for an error: one word, static storage.
[[nodiscard]] std::string_view result_word(Kind kind) noexcept;

// The value of WWW-Authenticate for a 401 (RFC 6750 §3); `what` is the error's. Static storage.
[[nodiscard]] std::string_view challenge(std::string_view what);

[[nodiscard]] Answer present(const Error& error, const ErrorFormat& how);

// A page with its security headers.
[[nodiscard]] Answer page_answer(int status, page::PageName name, const page::Fields& fields,
                                 const ErrorFormat& how);

// 405 with Allow (RFC 9110 §15.5.6).
[[nodiscard]] Answer method_not_allowed(std::string_view allow);

}  // namespace social::ngx
