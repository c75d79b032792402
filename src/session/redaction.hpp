// Request lines without their secrets. The URLs of this module carry codes, state and session
// ids, and nginx writes the request line into both logs.
#pragma once

#include <string>
#include <string_view>

namespace social::session {

// `line` with "*" for what follows "/session/" in the path, however that is escaped or
// spelled, for whatever else may be a session id there, and for the value of each query
// parameter. The value of redirectUrl is kept up to its own query.
[[nodiscard]] std::string redacted_request_line(std::string_view line);

}  // namespace social::session
