// The answers of an OAuth 1.0a provider (RFC 5849 §2.1, §2.3): the temporary credentials, and the
// token with its user. What is accepted is one parameter of the form, and can be sent on.
#include <algorithm>
#include <string>

#include "base/form.hpp"
#include "oauth/oauth1_login.hpp"
#include "providers.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

void check_pair(const base::Form& form, const oauth::Oauth1Token& pair, std::size_t longest) {
    for (const auto& [name, value] : {std::pair{"oauth_token", pair.token.reveal()},
                                      std::pair{"oauth_token_secret", pair.secret.reveal()}}) {
        require(form.find(name).once() && form.find(name).value == value);
        require(!value.empty() && value.size() <= longest &&
                std::ranges::all_of(value, base::is_visible));
    }
}

void check_login(const oauth::Provider& provider, const oauth::Oauth1Token& pair) {
    session::Login login;
    login.request_token = pair.token;
    login.request_secret = pair.secret;
    const auto request = oauth::access_token_request(provider, login, base::Secret("verifier"),
                                                     {.nonce = "nonce", .seconds = kNow});
    require(request.has_value());
    check_request(*request);
    check_request(base::HttpRequest("GET", oauth::oauth1_authorization_url(provider, pair.token)));

    oauth::CallbackReply reply;
    reply.oauth_token = pair.token;
    reply.oauth_verifier = base::Secret("verifier");
    require(oauth::granted_verifier(reply, login).has_value());
    reply.oauth_token = base::Secret(std::string(pair.token.reveal()) + "x");
    require(!oauth::granted_verifier(reply, login));
}

std::string_view form_of(const base::HttpResponse& response) {
    const std::size_t end = response.body.find_last_not_of("\r\n");
    return std::string_view(response.body).substr(0, end == std::string::npos ? 0 : end + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const oauth::Provider twitter = provider_of(*oauth::find_type("twitter"));
    const base::HttpResponse response = take_response(text_of(data, size));
    const auto form = base::Form::parse(form_of(response));

    const auto request_token = oauth::read_request_token(response);
    if (request_token) {
        require(form && form->find("oauth_callback_confirmed").value == "true");
        check_pair(*form, *request_token, oauth::kMaxRequestToken);
        check_login(twitter, *request_token);
    } else {
        check_error(request_token.error());
    }
    const auto access_token = oauth::read_access_token(response);
    if (access_token) {
        require(form.has_value());
        check_pair(*form, *access_token, 16 * 1024);
        const auto request =
            oauth::signed_request(twitter, oauth::ApiCall("POST", twitter.revoke_url),
                                  *access_token, {.nonce = "nonce", .seconds = kNow});
        require(request.has_value());
        check_request(*request);
    } else {
        check_error(access_token.error());
    }
    return 0;
}
