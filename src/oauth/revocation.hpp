// Requests that give tokens back, and the reading of their answers: the deletion of
// a Graph user's permissions or of one token, RFC 7009, and the invalidation of an
// OAuth 1.0a token.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "oauth/provider.hpp"
#include "session/record.hpp"

namespace social::oauth {

// One request per token; none where the type has no way to revoke.
[[nodiscard]] std::vector<base::HttpRequest> revocation_requests(const Provider& provider,
                                                                 const session::Record& record,
                                                                 std::int64_t now);

// Graph answers {"success":true}, or true; RFC 7009 §2.2 answers 200 alone; a deletion may
// answer 204. A token that is invalid already needs no revocation (RFC 7009 §2.2), whatever the
// status it is told with.
[[nodiscard]] Result<void> read_revocation(const base::HttpResponse& response);

}  // namespace social::oauth
