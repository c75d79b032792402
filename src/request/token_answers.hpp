// The answers of the token API that no error kind stands for: they are what its
// documentation shows, byte for byte.
#pragma once

#include <cstdint>
#include <string_view>

#include "request/answer.hpp"

namespace social::ngx {

[[nodiscard]] Answer token_granted(std::string_view token);

// One answer for an unknown user, a wrong password and an unknown site (CWE-204). `site`
// is what the client sent.
[[nodiscard]] Answer token_refused(std::string_view site);

[[nodiscard]] Answer too_many_attempts(std::int64_t retry_after);

// 413 and 415 (RFC 9110 §15.5.14, §15.5.16).
[[nodiscard]] Answer body_too_large();
[[nodiscard]] Answer unsupported_media_type();

}  // namespace social::ngx
