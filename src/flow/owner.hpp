// The owner of sessions: one user of one app at its provider. Provider blocks with one client_id
// (`facebook` and `instagraph`) share their owners, because a grant covers the app.
#pragma once

#include <string_view>

#include "flow/session_store.hpp"
#include "oauth/provider.hpp"

namespace social::flow {

// `user_id` is the provider's id of the user. If it is empty, the hash is 0: no owner.
[[nodiscard]] Owner owner_of(const oauth::Provider& provider, std::string_view user_id);

}  // namespace social::flow
