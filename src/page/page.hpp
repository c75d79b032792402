// The pages that browsers get: built in, in English and Indonesian, or from the
// operator's templates (`social_pages`). Called by ngx/presentation.cpp, which
// sends what render() makes together with the matching Content-Security-Policy;
// ngx/server_directives.cpp checks templates while it reads the configuration.
//
// A template is HTML with placeholders: "{{name}}" stands for a value, escaped
// for text and for quoted attribute values; "{{#name}}…{{/name}}" keeps what is
// between them only where the value is not empty. check_template() lists them.
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
    refused,      // the user said no at the provider
    expired,      // the flow is not of this browser, too old, or used
    provider,     // the provider failed
    unavailable,  // the session store cannot be reached
};
inline constexpr std::size_t kPageCount = 6;

// What a page says beside its own words. All of it may come from the network.
struct Fields {
    std::string provider;    // its brand, or the name of the block; empty where none is known
    std::string session_id;  // landing alone
    std::string try_again;   // URL of a fresh login; empty where none is known
};

// The whole page. An empty template means the built-in one; any other must have
// passed check_template().
[[nodiscard]] std::string render(PageName page, Language language, const Fields& fields,
                                 std::string_view operator_template = {});

// The header's value that goes with the page. Built-in pages may run and show
// exactly the blocks that they were built with, named by their SHA-256; pages of
// the operator may load what lies on the same host, and nothing inline.
[[nodiscard]] std::string_view content_security_policy(PageName page, bool of_operator = false);

// In the directory of `social_pages`: "wrong-site.html".
[[nodiscard]] std::string_view file_name(PageName page) noexcept;

// bad_request for a placeholder that the page does not have, and for one that is
// not closed; `detail` is its name. Every page has lang, title, message, hint and
// provider; the landing page session_id, session_label, copy and copied; the
// others try_again and try_again_label.
[[nodiscard]] Result<void> check_template(PageName page, std::string_view text);

}  // namespace social::page
