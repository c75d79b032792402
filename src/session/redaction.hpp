// Removes secrets from request lines. URLs of this module contain codes, state and session ids, and
// nginx writes the request line to both logs.
#pragma once

#include <string>
#include <string_view>

namespace social::session {

// Replaces by "*" the path behind "/session/", however it is escaped, and other words as long as a
// session id. Also the value of each query parameter; redirectUrl keeps its value up to its query.
[[nodiscard]] std::string redacted_request_line(std::string_view line);

}  // namespace social::session
