// Classifies error responses of providers. The formats are:
// 1. RFC 6749 §5.2;
// 2. Graph's {"error":{…}} and Instagram's error_type;
// 3. X's {"errors":[…]}, also as XML, and problem documents (RFC 9457);
// 4. the forms of OAuth 1.0a.
//
// Only error codes are returned, since messages may quote tokens.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "base/json.hpp"

namespace social::oauth {

// True if the body has `error_type`, or an `error` that is neither null nor has code "ok". The
// status does not matter.
[[nodiscard]] bool has_error(const base::Json& body);

// Returns provider_unavailable for transient errors: 5xx, 429, redirects, and the rate-limit and
// service codes of Graph. A 2xx response without a readable error is provider_unavailable, too.
// All others are provider_rejected. `what` names the step and has static storage. `detail` is like
// "HTTP 400, code 190, subcode 463".
[[nodiscard]] Error provider_error(const base::HttpResponse& response, std::string_view what);

// A successful response that lacks a required member.
struct MissingMember {
    std::string_view step;     // static storage, becomes `what`
    std::string_view missing;  // "access_token"
};
// Returns provider_unavailable.
[[nodiscard]] Error unusable_answer(const MissingMember& missing_member);

// The JSON object of a 2xx response. Another status or an error object fails with provider_error().
// Any other body fails with unusable_answer().
[[nodiscard]] Result<base::Json> read_object(const base::HttpResponse& response,
                                             std::string_view what);

}  // namespace social::oauth
