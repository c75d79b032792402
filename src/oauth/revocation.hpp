// Token revocation at the provider (RFC 7009 and the other types of Revocation).
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "oauth/provider.hpp"
#include "session/record.hpp"

namespace social::oauth {

// The requests that revoke the record's tokens. Empty if the provider has no revocation endpoint.
// `now` is in Unix seconds.
[[nodiscard]] std::vector<base::HttpRequest> revocation_requests(const Provider& provider,
                                                                 const session::Record& record,
                                                                 std::int64_t now);

// Success is 200 (RFC 7009 §2.2), or 204 of a deletion, unless the body has an error or
// "success":false. invalid_token is success with any status: an invalid token needs no revocation
// (RFC 7009 §2.2). Other errors are those of provider_error().
[[nodiscard]] Result<void> read_revocation(const base::HttpResponse& response);

}  // namespace social::oauth
