// Reads why a provider refused, from the envelopes in use: RFC 6749 §5.2, Graph's
// {"error":{…}}, Instagram's error_type, X's {"errors":[…]} and problem documents, the
// same as XML, and the forms of OAuth 1.0a; of plain text, that it is a refusal.
// Only codes get out: messages may quote tokens.
#pragma once

#include <string_view>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "base/json.hpp"

namespace social::oauth {

// True for a JSON body that tells of an error, whatever the status.
[[nodiscard]] bool tells_error(const base::Json& body);

// provider_unavailable for what another try may heal (5xx, 429, redirects, the
// rate-limit and service codes of Graph) and for garbage; else provider_rejected. `what`
// names the step and has static storage; `detail` is like "HTTP 400, code 190, subcode 463".
[[nodiscard]] Error provider_error(const base::HttpResponse& response, std::string_view what);

// provider_unavailable: an answer without what the step needs of it.
struct Lack {
    std::string_view step;     // static storage, becomes `what`
    std::string_view missing;  // "access_token"
};
[[nodiscard]] Error unusable_answer(const Lack& lack);

// The JSON object of a 2xx answer that tells no error, or provider_error().
[[nodiscard]] Result<base::Json> read_object(const base::HttpResponse& response,
                                             std::string_view what);

}  // namespace social::oauth
