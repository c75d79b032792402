#include "oauth/token_reply.hpp"

#include <string>
#include "catch.hpp"

#include "base/form.hpp"
#include "flow_world.hpp"

using namespace social;
using test::header_of;
using test::json_answer;
using test::provider_of;
using test::stock_provider;

namespace {

const std::string kGood = R"({"access_token":"EAAG73","token_type":"bearer","expires_in":5183944})";

Result<oauth::TokenReply> read(std::string body, int status = 200,
                               std::string_view type = "facebook") {
    return oauth::read_token_reply(stock_provider(type), json_answer(status, std::move(body)));
}

oauth::TokenReply tokens_of(std::string body, std::string_view type = "facebook") {
    auto reply = read(std::move(body), 200, type);
    REQUIRE(reply.has_value());
    return std::move(*reply);
}

Error error_of(std::string body, int status = 200) {
    auto reply = read(std::move(body), status);
    REQUIRE_FALSE(reply.has_value());
    return reply.error();
}

session::Login login() {
    session::Login login;
    login.callback_url = "https://gateway.example/facebook/callback";
    return login;
}

std::string with_member(const std::string& member) {
    return R"({"access_token":"t","token_type":"bearer",)" + member + "}";
}

}  // namespace

TEST_CASE("the code is exchanged by POST, with every secret in the body", "[oauth]") {
    const oauth::Provider provider = stock_provider("facebook");
    const base::HttpRequest request =
        oauth::code_request(provider, login(), base::Secret("co de&client_secret=x"));
    CHECK(request.method == "POST");
    CHECK(request.url == "https://graph.facebook.com/v26.0/oauth/access_token");
    CHECK(header_of(request, "Content-Type") == "application/x-www-form-urlencoded");
    CHECK(header_of(request, "Authorization").empty());
    CHECK(request.body ==
          "grant_type=authorization_code&code=co%20de%26client_secret%3Dx"
          "&redirect_uri=https%3A%2F%2Fgateway.example%2Ffacebook%2Fcallback"
          "&client_id=1234567890&client_secret=0123456789abcdef0123456789abcdef");
    CHECK(request.timeout == provider.timeout);
}

TEST_CASE("a client that authenticates by Basic keeps its secret out of the body", "[oauth]") {
    oauth::Provider provider = stock_provider("twitter_oauth2");
    provider.client_id = "xvz1evFS4wEEPTGEFPHBog";
    provider.client_secret = base::Secret("L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg");
    session::Login begun = login();
    begun.code_verifier = session::CodeVerifier("the-verifier");
    const base::HttpRequest request = oauth::code_request(provider, begun, base::Secret("c"));
    CHECK(
        header_of(request, "Authorization") ==
        "Basic eHZ6MWV2RlM0d0VFUFRHRUZQSEJvZzpMOHFxOVBaeVJnNmllS0dFS2hab2xHQzB2SldMdzhpRUo4OERSZHl"
        "PZw==");
    CHECK(request.body.find("secret") == std::string::npos);
    CHECK(request.body.ends_with("&code_verifier=the-verifier"));
}

TEST_CASE("Basic credentials are form-encoded before they are joined", "[oauth]") {
    oauth::Provider provider = stock_provider("facebook");
    provider.client_id = "a:b c";
    provider.client_secret = base::Secret("d%");
    CHECK(oauth::basic_credentials(provider) == "Basic YSUzQWIrYzpkJTI1");
    // RFC 6749 §2.3.1
    provider.client_id = "s6BhdRkqt3";
    provider.client_secret = base::Secret("7Fjfp0ZBr1KtDRbnfVdmIw");
    CHECK(oauth::basic_credentials(provider) ==
          "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3");
}

TEST_CASE(
    "the token is swapped for a long-lived one in the body, or where documented so in the query",
    "[oauth]") {
    const base::HttpRequest graph =
        oauth::token_swap_request(stock_provider("facebook"), base::Secret("short/one"));
    CHECK(graph.method == "POST");
    CHECK(graph.url == "https://graph.facebook.com/v26.0/oauth/access_token");
    CHECK(graph.body ==
          "grant_type=fb_exchange_token&client_id=1234567890"
          "&client_secret=0123456789abcdef0123456789abcdef&fb_exchange_token=short%2Fone");

    const base::HttpRequest instagram =
        oauth::token_swap_request(stock_provider("instagram_login"), base::Secret("short"));
    CHECK(instagram.method == "GET");
    CHECK(instagram.url ==
          "https://graph.instagram.com/access_token?grant_type=ig_exchange_token"
          "&client_id=1234567890&client_secret=0123456789abcdef0123456789abcdef"
          "&access_token=short");
    CHECK(instagram.body.empty());
}

TEST_CASE("a token answer is read", "[oauth]") {
    const oauth::TokenReply reply = tokens_of(kGood);
    CHECK(reply.access_token.reveal() == "EAAG73");
    CHECK(reply.refresh_token.empty());
    CHECK(reply.lifetime == 5183944);
    CHECK(reply.scope == "public_profile,pages_show_list");

    const oauth::TokenReply x = tokens_of(
        R"({"token_type":"Bearer","expires_in":7200,"access_token":"a","scope":"tweet.read users.read","refresh_token":"r","unknown":[1]})",
        "twitter_oauth2");
    CHECK(x.refresh_token.reveal() == "r");
    CHECK(x.scope == "tweet.read users.read");
}

TEST_CASE("a refresh token may be null, and a scope a list", "[oauth]") {
    CHECK(tokens_of(with_member(R"("refresh_token":null)")).refresh_token.empty());
    CHECK(tokens_of(with_member(R"("scope":["a","b","c"])")).scope == "a b c");
    CHECK(tokens_of(with_member(R"("scope":[])")).scope == "public_profile,pages_show_list");
}

TEST_CASE("a scope that is too long or has control characters is the one that was asked for",
          "[oauth]") {
    const std::string asked = "public_profile,pages_show_list";
    CHECK(tokens_of(with_member(R"("scope":"a\nb")")).scope == asked);
    CHECK(tokens_of(with_member(R"("scope":"")")).scope == asked);
    const std::string longest(oauth::kMaxScope, 's');
    CHECK(tokens_of(with_member(R"("scope":")" + longest + '"')).scope == longest);
    CHECK(tokens_of(with_member(R"("scope":")" + longest + "s\"")).scope == asked);
}

TEST_CASE("expires_in may be a decimal string, or be missing", "[oauth]") {
    CHECK(tokens_of(with_member(R"("expires_in":"3600")")).lifetime == 3600);
    CHECK(tokens_of(R"({"access_token":"t","token_type":"bearer"})").lifetime == 0);
    CHECK(tokens_of(R"({"access_token":"t","token_type":"bearer"})", "twitter_oauth2").lifetime ==
          7200);
}

TEST_CASE("an expires_in that makes no sense is an error", "[oauth]") {
    for (const char* value : {"-1", "0", "1e300", "3600.5", "null", "[]", "{}", "true", "\"\"",
                              "\"-5\"", "\"1h\"", "9223372036854775807", "\"0\""}) {
        INFO(value);
        CHECK(error_of(with_member("\"expires_in\":" + std::string(value))).kind ==
              Kind::provider_unavailable);
    }
}

TEST_CASE("an answer without a usable bearer token is an error", "[oauth]") {
    for (const char* body : {R"({})",
                             R"({"access_token":"t"})",
                             R"({"token_type":"bearer"})",
                             R"({"access_token":"","token_type":"bearer"})",
                             R"({"access_token":null,"token_type":"bearer"})",
                             R"({"access_token":7,"token_type":"bearer"})",
                             R"({"access_token":["t"],"token_type":"bearer"})",
                             R"({"access_token":"t","token_type":"mac"})",
                             R"({"access_token":"t","token_type":1})",
                             R"({"access_token":"a\r\nX-Evil: 1","token_type":"bearer"})",
                             R"({"access_token":"a b","token_type":"bearer"})",
                             R"({"access_token":"a\u007f","token_type":"bearer"})",
                             R"({"access_token":"é","token_type":"bearer"})",
                             R"({"access_token":"a","access_token":"b","token_type":"bearer"})",
                             R"({"access_token":"a","token_type":"bearer","refresh_token":"x\ny"})",
                             R"({"access_token":"a","token_type":"bearer","refresh_token":5})",
                             R"([])",
                             R"(null)",
                             "",
                             R"("token")",
                             "<html>sign in</html>",
                             "access_token=t&token_type=bearer",
                             R"({"access_token":"t","token_type":"bearer")",
                             "\x1f\x8b\x08"}) {
        INFO(body);
        CHECK(error_of(body).kind == Kind::provider_unavailable);
    }
    CHECK(error_of(R"({"access_token":"a\u0000","token_type":"bearer"})").kind ==
          Kind::provider_unavailable);
}

TEST_CASE("tokens of 16 KiB are taken, longer ones are not", "[oauth]") {
    const auto body = [](std::size_t size) {
        return R"({"token_type":"bearer","access_token":")" + std::string(size, 'x') + "\"}";
    };
    CHECK(tokens_of(body(16384)).access_token.reveal().size() == 16384);
    CHECK(error_of(body(16385)).kind == Kind::provider_unavailable);
}

TEST_CASE("errors of the token endpoint name their code and nothing else", "[oauth]") {
    const Error graph = error_of(
        R"({"error":{"message":"This authorization code has been used. EAAG73","type":"OAuthException","code":100,"error_subcode":36009,"fbtrace_id":"A"}})",
        400);
    CHECK(graph.kind == Kind::provider_rejected);
    CHECK(graph.detail == "HTTP 400, code 100, subcode 36009");

    const Error plain =
        error_of(R"({"error":"invalid_grant","error_description":"code SECRET is used"})", 400);
    CHECK(plain.kind == Kind::provider_rejected);
    CHECK(plain.detail == "HTTP 400, invalid_grant");

    const Error in_success = error_of(R"({"error":"invalid_grant","access_token":"t"})");
    CHECK(in_success.kind == Kind::provider_rejected);

    CHECK(error_of(R"({"error":{"code":"190"}})", 400).detail == "HTTP 400, code 190");
    CHECK(error_of(R"({"error":{"code":"expired"}})", 400).detail == "HTTP 400, expired");

    const Error instagram = error_of(
        R"({"error_type":"OAuthException","code":400,"error_message":"Matching code was not found"})",
        400);
    CHECK(instagram.detail == "HTTP 400, OAuthException, code 400");
}

TEST_CASE("an answer with status 200 tells an error by its members alone", "[oauth]") {
    CHECK(read(with_member(R"("error":null)")));
    CHECK(read(with_member(R"("error":{"code":"ok"})")));
    CHECK_FALSE(read(with_member(R"("error":{"code":"access_token_invalid"})")));
    CHECK_FALSE(read(with_member(R"("error":"")")));
    CHECK_FALSE(read(with_member(R"("error_type":"OAuthException")")));
    // It tells an error and does not say which one: another try may heal it.
    CHECK(error_of(R"({"error":{}})").kind == Kind::provider_unavailable);
}

TEST_CASE("what another try may heal is told apart from a rejection", "[oauth]") {
    CHECK(error_of("<html>", 502).kind == Kind::provider_unavailable);
    CHECK(error_of(R"({"error":"server_error"})", 500).kind == Kind::provider_unavailable);
    CHECK(error_of("", 429).kind == Kind::provider_unavailable);
    CHECK(error_of("", 302).kind == Kind::provider_unavailable);
    CHECK(error_of("", 204).kind == Kind::provider_unavailable);
    CHECK(error_of("not allowed", 403).kind == Kind::provider_rejected);
    for (const int code : {1, 2, 4, 17, 32, 341, 613, 80001}) {
        CHECK(error_of(R"({"error":{"message":"m","code":)" + std::to_string(code) + "}}", 400)
                  .kind == Kind::provider_unavailable);
    }
    CHECK(error_of(R"({"error":{"message":"m","code":190}})", 500).detail == "HTTP 500, code 190");
}

TEST_CASE("both shapes of Instagram's token answer are read", "[oauth]") {
    const char* wrapped =
        R"({"data":[{"access_token":"IG","user_id":"1020","permissions":"instagram_business_basic"}]})";
    const char* flat = R"({"access_token":"IG","user_id":17841405822304914,"permissions":["a"]})";
    CHECK(tokens_of(wrapped, "instagram_login").access_token.reveal() == "IG");
    CHECK(tokens_of(flat, "instagram_login").access_token.reveal() == "IG");
    CHECK(tokens_of(flat, "instagram_login").lifetime == 3600);
    CHECK_FALSE(read(R"({"data":[]})", 200, "instagram_login").has_value());
    CHECK_FALSE(read(flat, 200, "facebook").has_value());
}
