// What a client sends to the token API (POST /api/authenticate): email, password and
// siteId, as JSON or as a form. Nothing else of a body is looked at: whatever a client
// writes beside them cannot become a claim of its token.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace social::token {

enum class BodyFormat { json, form };

// Of a Content-Type, whatever its parameters; nothing for another type.
[[nodiscard]] std::optional<BodyFormat> body_format(std::string_view content_type) noexcept;

struct Credentials {
    std::string email;
    base::Secret password;
    std::string site;  // 1 to kMaxSiteId bytes, any text
};

// bad_request, saying what is wrong, for what is not well formed, and where one of the
// three is missing, empty, given twice or of another type. A siteId may be a string or
// a whole number.
[[nodiscard]] Result<Credentials> read_credentials(std::string_view body, BodyFormat format);

}  // namespace social::token
