#include "oauth/oauth1_login.hpp"

#include <set>
#include <string>
#include "catch.hpp"

#include "base/form.hpp"
#include "flow_world.hpp"

using namespace social;
using test::header_of;
using test::stock_provider;

namespace {

session::Login login() {
    session::Login login;
    login.id = std::string(22, 'A');
    login.nonce = std::string(22, 'B');
    login.callback_url = "https://gateway.example/twitter/callback";
    login.request_token = base::Secret("REQUEST");
    login.request_secret = base::Secret("request-secret");
    return login;
}

base::HttpResponse answer(std::string body, int status = 200) {
    base::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

// The sign-in walk-through of X's documentation, whose signatures are for this host.
oauth::Provider walkthrough() {
    oauth::ProviderSettings settings;
    settings.name = "twitter";
    settings.type = "twitter";
    settings.client_id = "cChZNFj6T5R0TigYB9yd1w";
    settings.client_secret = base::Secret("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg");
    settings.api_url = "https://api.twitter.com";
    return oauth::make_provider(std::move(settings)).value();
}

}  // namespace

TEST_CASE("the callback of a login carries its state, whatever query it has", "[oauth]") {
    CHECK(oauth::oauth1_callback(login()) ==
          "https://gateway.example/twitter/callback?state=AAAAAAAAAAAAAAAAAAAAAA."
          "BBBBBBBBBBBBBBBBBBBBBB");
    session::Login other = login();
    other.callback_url += "?a=1";
    CHECK(oauth::oauth1_callback(other).starts_with(other.callback_url + "&state="));
}

TEST_CASE("the request for a request token is signed without a token", "[oauth]") {
    const auto request = oauth::request_token_request(stock_provider("twitter"), login(),
                                                      {.nonce = "n0nce", .seconds = 1318467427});
    REQUIRE(request.has_value());
    CHECK(request->method == "POST");
    CHECK(request->url == "https://api.x.com/oauth/request_token");
    CHECK(request->body.empty());
    const std::string header = header_of(*request, "Authorization");
    CHECK(header.starts_with("OAuth oauth_callback=\"https%3A%2F%2Fgateway.example"));
    CHECK(header.find("oauth_token=") == std::string::npos);
    CHECK(header.find("oauth_nonce=\"n0nce\"") != std::string::npos);
}

TEST_CASE("the access token is asked for with the signature of X's own walk-through", "[oauth]") {
    session::Login begun = login();
    begun.request_token = base::Secret("NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0");
    begun.request_secret = base::Secret("veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI");
    const auto request = oauth::access_token_request(
        walkthrough(), begun, base::Secret("uw7NjWHT6OJ1MpJOXsHfNxoAhPKpgI8BlYDhxEjIBY"),
        {.nonce = "a9900fe68e2573b27a37f10fbad6a755", .seconds = 1318467427});
    REQUIRE(request.has_value());
    CHECK(header_of(*request, "Authorization")
              .ends_with("oauth_signature=\"39cipBtIOHEEnybAR4sATQTpl2I%3D\""));
}

TEST_CASE("a request token is believed only with its callback confirmed", "[oauth]") {
    const auto read = [](const char* body) { return oauth::read_request_token(answer(body)); };
    const auto good = read("oauth_token=T&oauth_token_secret=S&oauth_callback_confirmed=true\n");
    REQUIRE(good.has_value());
    CHECK(good->token.reveal() == "T");
    CHECK(good->secret.reveal() == "S");
    for (const char* body : {"oauth_token=T&oauth_token_secret=S",
                             "oauth_token=T&oauth_token_secret=S&oauth_callback_confirmed=false",
                             "oauth_token=T&oauth_token_secret=S&oauth_callback_confirmed=TRUE",
                             "oauth_token=T&oauth_token_secret=S&oauth_callback_confirmed=true"
                             "&oauth_callback_confirmed=true",
                             ""}) {
        INFO(body);
        const auto bad = read(body);
        REQUIRE_FALSE(bad.has_value());
        CHECK(bad.error().kind == Kind::provider_rejected);
    }
}

TEST_CASE("a request token that is no token is an error", "[oauth]") {
    const std::string confirmed = "&oauth_callback_confirmed=true";
    for (const std::string& body :
         {std::string("oauth_token=&oauth_token_secret=S"), std::string("oauth_token=T"),
          std::string("oauth_token=T&oauth_token_secret="),
          std::string("oauth_token=T&oauth_token=T&oauth_token_secret=S"),
          std::string("oauth_token=a%0d%0ab&oauth_token_secret=S"),
          std::string("oauth_token=T&oauth_token_secret=%zz"),
          "oauth_token=" + std::string(257, 'a') + "&oauth_token_secret=S"}) {
        INFO(body);
        const auto bad = oauth::read_request_token(answer(body + confirmed));
        REQUIRE_FALSE(bad.has_value());
        CHECK(bad.error().kind == Kind::provider_unavailable);
    }
}

TEST_CASE("a request token of the greatest length is taken, and line breaks behind it are not",
          "[oauth]") {
    const std::string longest(oauth::kMaxRequestToken, 'a');
    const std::string secret = "&oauth_token_secret=" + longest + "&oauth_callback_confirmed=true";
    const auto good =
        oauth::read_request_token(answer("oauth_token=" + longest + secret + "\r\n\n"));
    REQUIRE(good);
    CHECK(good->token.equals(longest));
    CHECK(good->secret.equals(longest));
    CHECK(oauth::read_request_token(answer("oauth_token=" + longest + secret, 299)));
    CHECK_FALSE(oauth::read_request_token(answer("oauth_token=" + longest + secret, 300)));
    CHECK_FALSE(oauth::read_request_token(answer("oauth_token=" + longest + secret, 199)));
    CHECK_FALSE(oauth::read_request_token(
        answer("oauth_token=T&oauth_token_secret=" + longest + "a&oauth_callback_confirmed=true")));
}

TEST_CASE("errors come through in every form that they are written in", "[oauth]") {
    const auto detail = [](std::string body, int status) {
        return oauth::read_request_token(answer(std::move(body), status)).error().detail;
    };
    CHECK(detail(R"({"errors":[{"code":415,"message":"m"}]})", 403) == "HTTP 403, code 415");
    CHECK(detail("<?xml version='1.0'?><errors><error code=\"415\">m</error></errors>", 403) ==
          "HTTP 403, code 415");
    CHECK(detail("oauth_problem=nonce_used&x=1", 401) == "HTTP 401, nonce_used");
    CHECK(detail("Failed to validate oauth signature and token", 401) == "HTTP 401");
    CHECK(detail("oauth_problem=a_b-c.d", 401) == "HTTP 401, a_b-c.d");
    CHECK(detail("oauth_problem=" + std::string(64, 'p'), 401) ==
          "HTTP 401, " + std::string(64, 'p'));
    CHECK(detail("oauth_problem=" + std::string(65, 'p'), 401) == "HTTP 401, unknown error");
    CHECK(detail("<error code=\"<script>\"", 403) == "HTTP 403, code unknown error");
    CHECK(detail("<error code=\"", 500) == "HTTP 500, code unknown error");
}

TEST_CASE("a verifier counts only for the request token of this login", "[oauth]") {
    oauth::CallbackReply reply;
    reply.oauth_token = base::Secret("REQUEST");
    reply.oauth_verifier = base::Secret("V");
    CHECK(oauth::granted_verifier(reply, login())->reveal() == "V");

    reply.oauth_token = base::Secret("REQUESU");
    CHECK(oauth::granted_verifier(reply, login()).error().kind == Kind::bad_callback);
    reply.oauth_token = base::Secret();
    CHECK(oauth::granted_verifier(reply, login()).error().kind == Kind::bad_callback);
    // A login of another protocol has no request token, and an empty one is not equal to it.
    CHECK(oauth::granted_verifier(reply, session::Login()).error().kind == Kind::bad_callback);
    reply.oauth_token = base::Secret("REQUEST");
    reply.oauth_verifier = base::Secret();
    CHECK(oauth::granted_verifier(reply, login()).error().kind == Kind::bad_callback);
    reply.error = "access_denied";
    CHECK(oauth::granted_verifier(reply, login()).error().kind == Kind::login_refused);
    reply.error = "x";
    CHECK(oauth::granted_verifier(reply, login()).error().kind == Kind::bad_callback);
    reply.denied = true;
    CHECK(oauth::granted_verifier(reply, login()).error().kind == Kind::login_refused);
}

TEST_CASE("the browser is sent to the provider with the token alone", "[oauth]") {
    CHECK(oauth::oauth1_authorization_url(stock_provider("twitter"), base::Secret("a&b")) ==
          "https://api.x.com/oauth/authenticate?oauth_token=a%26b");
}

TEST_CASE("an access token is read with the user that came along", "[oauth]") {
    const auto token = oauth::read_access_token(
        answer("oauth_token=6253282-x&oauth_token_secret=s&user_id=6253282&screen_name=xapi"));
    REQUIRE(token.has_value());
    CHECK(token->token.reveal() == "6253282-x");
    CHECK(token->user_id == "6253282");
    CHECK(token->screen_name == "xapi");
    CHECK(oauth::read_access_token(answer("oauth_token=a&oauth_token_secret=s"))->user_id.empty());
    CHECK(oauth::read_access_token(answer("Request token missing", 401)).error().kind ==
          Kind::provider_rejected);
    CHECK(oauth::read_access_token(answer("{}", 503)).error().kind == Kind::provider_unavailable);
}

TEST_CASE("no two stamps of one second are the same", "[oauth]") {
    std::set<std::string> nonces;
    for (int i = 0; i < 10000; ++i) {
        nonces.insert(oauth::make_stamp(1).nonce);
    }
    CHECK(nonces.size() == 10000);
    CHECK(oauth::make_stamp(42).seconds == 42);
}
