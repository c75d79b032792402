// The refusals of providers in every form that is in use, and the time after which they want to
// be asked again: a status, headers, and a body of JSON, XML, a form or plain text.
#include <string>

#include "oauth/oauth1_login.hpp"
#include "oauth/provider_error.hpp"
#include "oauth/retry_after.hpp"
#include "oauth/revocation.hpp"
#include "providers.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

void check_object(const base::HttpResponse& response) {
    const auto object = oauth::read_object(response, "step");
    if (!object) {
        check_error(object.error());
        return;
    }
    require(response.status >= 200 && response.status <= 299);
    require(object->is_object() && !oauth::has_error(*object));
    require(oauth::read_revocation(response).has_value() ==
            ((response.status == 200 || response.status == 204) &&
             object->member("success").boolean() != false));
}

// The first header alone counts, and a day is the longest pause.
void check_pause(base::HttpResponse response) {
    const std::int64_t pause = oauth::retry_after(response, kNow);
    require(pause >= 0 && pause <= 24 * 60 * 60);
    response.headers.push_back({"retry-after", "17"});
    const std::int64_t with_another = oauth::retry_after(response, kNow);
    require(response.header("Retry-After") == "17" ? with_another == 17 : with_another == pause);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::HttpResponse response = take_response(text_of(data, size));
    const Error error = oauth::provider_error(response, "step");
    check_error(error);
    require(error.what == "step" && error.detail.starts_with("HTTP "));
    // Another try may heal a fault of the server, whatever the body says.
    require(response.status < 500 || error.kind == Kind::provider_unavailable);
    check_object(response);
    check_pause(response);
    if (const auto revoked = oauth::read_revocation(response); !revoked) {
        check_error(revoked.error());
    }
    return 0;
}
