// Certificates as far as the configuration is concerned: whether a file that is to
// name trusted authorities holds any. libcurl does the verification itself.
#pragma once

#include <string_view>

namespace social::crypto {

// True when the first certificate of the PEM text can be read, and there is one.
[[nodiscard]] bool holds_certificate(std::string_view pem);

}  // namespace social::crypto
