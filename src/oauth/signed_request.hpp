// The signed_request of Meta's deauthorize and data deletion callbacks ("Data Deletion Callback" of
// the App Dashboard reference).
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace social::oauth {

// Returns the app-scoped user id. Fails with bad_request unless `algorithm` is HMAC-SHA256 and the
// client secret signed the encoded payload. The signature is compared in constant time. The age is
// not checked, since a deletion is idempotent.
[[nodiscard]] Result<std::string> read_signed_request(std::string_view text,
                                                      const base::Secret& client_secret);

}  // namespace social::oauth
