// Responses of the token API without an error kind. Its documentation specifies them byte for byte.
#pragma once

#include <cstdint>
#include <string_view>

#include "request/answer.hpp"

namespace social::ngx {

// 200 with the token.
[[nodiscard]] Answer token_granted(std::string_view token);

// 401, the same for an unknown user, a wrong password and an unknown site (CWE-204). `site` is the
// client's text.
[[nodiscard]] Answer token_refused(std::string_view site);

// 429 with Retry-After, in seconds (RFC 6585 §4).
[[nodiscard]] Answer too_many_attempts(std::int64_t retry_after);

// 413 and 415 (RFC 9110 §15.5.14, §15.5.16).
[[nodiscard]] Answer body_too_large();
[[nodiscard]] Answer unsupported_media_type();

}  // namespace social::ngx
