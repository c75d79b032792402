#include "oauth/request_credential.hpp"

#include "catch.hpp"

#include "flow_world.hpp"

using namespace social;
using oauth::request_credential;
using oauth::url_at_provider;

namespace {

oauth::Provider at(std::string_view api_url, std::string_view type = "twitter") {
    oauth::Provider provider = test::stock_provider(type);
    provider.api_url = api_url;
    return provider;
}

oauth::UserToken user() {
    return {.token = base::Secret("TOKEN"), .secret = base::Secret("TOKEN-SECRET")};
}

std::string value_of(const oauth::SentRequest& request,
                     const oauth::Provider& provider = at("https://api.x.com")) {
    const auto value = request_credential(provider, user(), request, test::kNow);
    REQUIRE(value);
    return std::string(value->reveal());
}

}  // namespace

TEST_CASE("the URI of a request is taken below the provider's api_url", "[oauth]") {
    CHECK(url_at_provider(at("https://api.x.com"), "/2/tweets?a=1") ==
          "https://api.x.com/2/tweets?a=1");
    CHECK(url_at_provider(at("https://gate.example/x"), "/2/tweets") ==
          "https://gate.example/x/2/tweets");
    CHECK(url_at_provider(at("https://gate.example/x"), "/x/2/tweets") ==
          "https://gate.example/x/2/tweets");
    CHECK(url_at_provider(at("https://gate.example/x"), "/x?a=/x/") ==
          "https://gate.example/x?a=/x/");
    CHECK(url_at_provider(at("https://gate.example/x"), "/x") == "https://gate.example/x");
    CHECK(url_at_provider(at("https://gate.example/x"), "/xy/2") == "https://gate.example/x/xy/2");
    CHECK(url_at_provider(at("http://127.0.0.1:8080/a/b"), "/a/b/c") ==
          "http://127.0.0.1:8080/a/b/c");
}

TEST_CASE("a provider of OAuth 2.0 gets the token of the user", "[oauth]") {
    oauth::SentRequest request;
    request.method = "POST";
    request.uri = "/%zz?%";
    CHECK(value_of(request, at("https://api.x.com", "twitter_oauth2")) == "Bearer TOKEN");
    CHECK(value_of(request, at("https://graph.facebook.com", "facebook")) == "Bearer TOKEN");
}

TEST_CASE("a provider of OAuth 1.0a gets a signature of the very request, each time another",
          "[oauth]") {
    oauth::SentRequest request;
    request.method = "POST";
    request.uri = "/1.1/statuses/update.json?include_entities=true";
    request.form = "status=Hello+Ladies";
    const std::string first = value_of(request);
    CHECK(first.starts_with("OAuth "));
    CHECK(first.find("oauth_token=\"TOKEN\"") != std::string::npos);
    CHECK(first.find("oauth_timestamp=\"1700000000\"") != std::string::npos);
    CHECK(first.find("TOKEN-SECRET") == std::string::npos);
    CHECK(first != value_of(request));
}

TEST_CASE("what cannot be read cannot be signed", "[oauth]") {
    oauth::SentRequest request;
    request.method = "GET";
    request.uri = "/2/tweets?a=%zz";
    auto refused = request_credential(at("https://api.x.com"), user(), request, test::kNow);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == Kind::bad_request);

    request.uri = "/2/tweets";
    request.form = "a=%0";
    refused = request_credential(at("https://api.x.com"), user(), request, test::kNow);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == Kind::bad_request);
}
