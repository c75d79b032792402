// Converts an Error to a response: the envelope for programs, a page for browsers. Holds the table
// from error kinds to statuses and pages. loop/error_log.cpp has the table of log levels.
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

// Format and details of an error response. Filled as the request is parsed, so that a late login
// error still offers a retry link.
struct ErrorFormat {
    ResponseFormat medium = ResponseFormat::envelope;
    page::Language language = page::Language::en;
    std::string provider;                      // name of the block; empty if unknown
    std::string brand;                         // display name; empty if unknown
    std::string try_again;                     // URL of a new login; empty if unknown
    const PageTemplates* templates = nullptr;  // of the server; nullptr: built-in pages
};

// Message of the bearer check for a request without a token.
inline constexpr std::string_view kTokenRequired = "Token required";

// `$social_result` for an error: one word, static storage.
[[nodiscard]] std::string_view result_word(Kind kind) noexcept;

// WWW-Authenticate of a 401 (RFC 6750 §3). `what` is Error::what and has static storage, as the
// result has.
[[nodiscard]] std::string_view challenge(std::string_view what);

// The response for `error`, with Retry-After on a 503 and the challenge on a 401. Throws
// std::bad_alloc.
[[nodiscard]] Answer present(const Error& error, const ErrorFormat& how);

// An HTML page with its security headers. Throws std::bad_alloc.
[[nodiscard]] Answer page_answer(int status, page::PageName name, const page::Fields& fields,
                                 const ErrorFormat& how);

// 405 with Allow (RFC 9110 §15.5.6).
[[nodiscard]] Answer method_not_allowed(std::string_view allow);

}  // namespace social::ngx
