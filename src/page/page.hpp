// The pages for browsers: built-in ones in English and Indonesian, or the operator's templates
// (`social_pages`). Each page is sent with its Content-Security-Policy.
//
// A template is HTML with placeholders. "{{name}}" is replaced by a value, escaped for text and
// quoted attribute values. "{{#name}}…{{/name}}" is kept only if the value is not empty. See
// check_template() for the names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "page/language.hpp"

namespace social::page {

enum class PageName : std::uint8_t {
    landing,      // the login is complete; shows the session id
    wrong_site,   // redirectUrl of no registered site
    refused,      // the user declined at the provider
    expired,      // the login is of another browser, expired, or used
    provider,     // the provider failed
    unavailable,  // the session store is unreachable
};
inline constexpr std::size_t kPageCount = 6;

// The variable parts of a page; all untrusted.
struct Fields {
    std::string provider;    // its brand, or the name of the block; may be empty
    std::string session_id;  // landing page only
    std::string try_again;   // URL of a new login; may be empty
};

// Renders the page. An empty template selects the built-in one; others must have passed
// check_template().
[[nodiscard]] std::string render(PageName page, Language language, const Fields& fields,
                                 std::string_view operator_template = {});

// Returns the value of the Content-Security-Policy header. Built-in pages allow exactly their
// inline blocks, by SHA-256. Pages of the operator may load files of the same host, and nothing
// inline.
[[nodiscard]] std::string_view content_security_policy(PageName page, bool of_operator = false);

// Returns the name in the directory of `social_pages`, for example "wrong-site.html".
[[nodiscard]] std::string_view file_name(PageName page) noexcept;

// Returns bad_request, with the name in `detail`, for an unknown or unclosed placeholder. Every
// page has lang, title, message, hint and provider. The landing page also has session_id,
// session_label, copy and copied. The others have try_again and try_again_label.
[[nodiscard]] Result<void> check_template(PageName page, std::string_view text);

}  // namespace social::page
