// The credentials of a request to the token API (POST /api/authenticate): email, password and
// siteId, as JSON or form. Other members are ignored, so none can become a claim of the token.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace social::token {

enum class BodyFormat { json, form };

// Returns the format of a Content-Type with any parameters. Returns nullopt for another type.
[[nodiscard]] std::optional<BodyFormat> body_format(std::string_view content_type) noexcept;

struct Credentials {
    std::string email;
    base::Secret password;
    std::string site;  // 1 to kMaxSiteId bytes, any text
};

// Returns bad_request with the reason if the body is malformed. Also if a member is missing, empty,
// repeated or of another type. A siteId may be a string or an integer.
[[nodiscard]] Result<Credentials> read_credentials(std::string_view body, BodyFormat format);

}  // namespace social::token
