// Gives a session's tokens back to the provider, where it takes them back. The end
// of the session itself does not depend on it: the caller removes it either way.
#pragma once

#include <optional>

#include "base/error.hpp"
#include "flow/ports.hpp"
#include "flow/task.hpp"
#include "oauth/provider.hpp"
#include "session/record.hpp"

namespace social::flow {

// Why the provider did not take the tokens back, for the log; nothing when it did,
// or has no way to. `provider` is nullptr when its block is gone from the
// configuration; it and `ports` outlive the Task.
[[nodiscard]] Task<std::optional<Error>> revoke(const oauth::Provider* provider,
                                                session::Record record, Ports& ports);

}  // namespace social::flow
