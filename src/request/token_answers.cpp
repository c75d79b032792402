#include "request/token_answers.hpp"

#include <string>

#include "base/json.hpp"
#include "request/envelope.hpp"
#include "request/error_response.hpp"

namespace social::ngx {

Answer token_granted(std::string_view token) {
    return Answer(NGX_HTTP_OK, kJson,
                  R"({"response_code":"200","response_status":"Success","token":)" +
                      base::json_string(token) + '}');
}

Answer token_refused(std::string_view site) {
    const std::string message = "you are not authorized to log into this site " + std::string(site);
    const Envelope envelope{.status = NGX_HTTP_UNAUTHORIZED,
                            .code_as_text = true,
                            .user_message = message,
                            .developer_message = "",
                            .more = "",
                            .application_code = ""};
    Answer answer(NGX_HTTP_UNAUTHORIZED, kJson, to_json(envelope));
    // RFC 6750 §3.1: the request had no token, so the challenge has no error code.
    answer.challenge = challenge(kTokenRequired);
    return answer;
}

Answer too_many_attempts(std::int64_t retry_after) {
    const Envelope envelope{.status = NGX_HTTP_TOO_MANY_REQUESTS,
                            .user_message = "Too many attempts, please try again later"};
    Answer answer(NGX_HTTP_TOO_MANY_REQUESTS, kJson, to_json(envelope));
    answer.headers.push_back({"Retry-After", std::to_string(retry_after)});
    return answer;
}

Answer body_too_large() {
    const Envelope envelope{.status = NGX_HTTP_REQUEST_ENTITY_TOO_LARGE,
                            .user_message = "The request body is larger than 8 KiB"};
    return Answer(NGX_HTTP_REQUEST_ENTITY_TOO_LARGE, kJson, to_json(envelope));
}

Answer unsupported_media_type() {
    const Envelope envelope{
        .status = NGX_HTTP_UNSUPPORTED_MEDIA_TYPE,
        .user_message =
            "The request body must be application/json or application/x-www-form-urlencoded"};
    Answer answer(NGX_HTTP_UNSUPPORTED_MEDIA_TYPE, kJson, to_json(envelope));
    answer.headers.push_back(
        {"Accept-Post", "application/json, application/x-www-form-urlencoded"});
    return answer;
}

}  // namespace social::ngx
