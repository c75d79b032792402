// The signed_request with which Meta calls us back: a user took the app's permission away,
// or wants the data deleted ("Data Deletion Callback" of the App Dashboard reference).
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace social::oauth {

// The id of the user, as it is known in this app. bad_request unless the client secret signed
// the text (HMAC-SHA256 over its second part as it came, compared in constant time) and it
// says so. There is no bound on its age: done twice, a deletion is the same deletion.
[[nodiscard]] Result<std::string> read_signed_request(std::string_view text,
                                                      const base::Secret& client_secret);

}  // namespace social::oauth
