// The owner of sessions: one user of one app at its provider. Blocks of one app (`facebook` and
// `instagraph` with one client_id) share their users, and so does a grant.
#pragma once

#include <string_view>

#include "flow/session_store.hpp"
#include "oauth/provider.hpp"

namespace social::flow {

// `user_id` is the provider's id of the user; without one the owner is nobody.
[[nodiscard]] Owner owner_of(const oauth::Provider& provider, std::string_view user_id);

}  // namespace social::flow
