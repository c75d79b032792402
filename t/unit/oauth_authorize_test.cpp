#include "oauth/authorize.hpp"

#include "catch.hpp"

#include "base/form.hpp"
#include "flow_world.hpp"
#include "oauth/pkce.hpp"

using namespace social;
using test::stock_provider;

namespace {

session::Login login() {
    session::Login login;
    login.id = "AAAAAAAAAAAAAAAAAAAAAA";
    login.nonce = "BBBBBBBBBBBBBBBBBBBBBB";
    login.callback_url = "https://gateway.example/facebook/callback";
    return login;
}

std::string authorization_url(const oauth::Provider& provider, const session::Login& begun) {
    return oauth::AuthorizationRequest(provider, begun.callback_url).url(begun);
}

}  // namespace

TEST_CASE("the Facebook dialog gets exactly what its documentation asks for", "[oauth]") {
    CHECK(authorization_url(stock_provider("facebook"), login()) ==
          "https://www.facebook.com/v26.0/dialog/oauth?response_type=code&client_id=1234567890"
          "&redirect_uri=https%3A%2F%2Fgateway.example%2Ffacebook%2Fcallback"
          "&scope=public_profile%2Cpages_show_list"
          "&state=AAAAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBBBB");
}

TEST_CASE("a challenge goes along with the verifier, which itself stays here", "[oauth]") {
    session::Login begun = login();
    begun.code_verifier = session::CodeVerifier("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    const std::string url = authorization_url(stock_provider("twitter_oauth2"), begun);
    CHECK(url.find("&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
                   "&code_challenge_method=S256") != std::string::npos);
    CHECK(url.find("dBjftJeZ4CVP") == std::string::npos);
    CHECK(url.find("scope=tweet.read%20users.read%20offline.access&") != std::string::npos);
}

TEST_CASE("the parameters of the row come last, behind the nonce", "[oauth]") {
    session::Login begun = login();
    begun.oidc_nonce = "NONCE";
    const std::string url = authorization_url(stock_provider("google"), begun);
    CHECK(url.ends_with("&nonce=NONCE&access_type=offline&prompt=consent"));
    CHECK(url.find("code_challenge") == std::string::npos);
}

TEST_CASE("no value can bring a parameter of its own", "[oauth]") {
    session::Login begun = login();
    begun.callback_url = "https://gateway.example/cb?x=1&client_id=evil#f";
    const std::string url = authorization_url(stock_provider("facebook"), begun);
    const auto query = base::Form::parse(std::string_view(url).substr(url.find('?') + 1));
    REQUIRE(query.has_value());
    CHECK(query->find("client_id").value == "1234567890");
    CHECK(query->find("redirect_uri").value == begun.callback_url);
    CHECK(url.find('#') == std::string::npos);
}

TEST_CASE("the S256 challenge is that of RFC 7636, appendix B", "[oauth]") {
    std::string challenge = "=";
    oauth::append_code_challenge(challenge, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    CHECK(challenge == "=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}
