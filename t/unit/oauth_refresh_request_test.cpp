#include "oauth/refresh_request.hpp"

#include <string>
#include "catch.hpp"

#include "flow_world.hpp"
#include "oauth/session_body.hpp"

using namespace social;
using oauth::Provider;
using test::json_answer;

namespace {

constexpr std::int64_t kNow = test::kNow;

session::Record record_of(std::string body =
                              R"({"session":"a:b","profile":{"id":"1"},"token":"OLD",)"
                              R"("expires_at":1700007200,"scope":"tweet.read"})") {
    session::Record record;
    record.body = std::move(body);
    record.access_token = base::Secret("OLD");
    record.refresh_token = base::Secret("R1");
    record.token_issued_at = kNow;
    record.token_expires_at = kNow + 7200;
    return record;
}

oauth::RefreshFailure failure(const Provider& provider, const base::HttpResponse& answer) {
    auto read = oauth::read_refresh_reply(provider, answer, kNow);
    REQUIRE_FALSE(read);
    return read.error();
}

oauth::TokenReply tokens(std::string_view text) {
    auto read = oauth::read_refresh_reply(test::stock_provider("twitter_oauth2"),
                                          json_answer(200, std::string(text)), kNow);
    REQUIRE(read);
    return *read;
}

}  // namespace

TEST_CASE("X is asked with the refresh token and the client's credentials in the header",
          "[oauth]") {
    const Provider provider = test::stock_provider("twitter_oauth2");
    const base::HttpRequest request = oauth::refresh_request(provider, record_of());
    CHECK(request.method == "POST");
    CHECK(request.url == "https://api.x.com/2/oauth2/token");
    CHECK(request.body == "grant_type=refresh_token&refresh_token=R1");
    CHECK(test::header_of(request, "Authorization").starts_with("Basic "));
    CHECK(request.timeout == provider.timeout);
}

TEST_CASE("Facebook is asked with the token itself, in the body", "[oauth]") {
    session::Record record = record_of();
    record.refresh_token = {};
    const base::HttpRequest request =
        oauth::refresh_request(test::stock_provider("facebook"), record);
    CHECK(request.method == "POST");
    CHECK(request.url == "https://graph.facebook.com/v26.0/oauth/access_token");
    CHECK(request.body.starts_with("grant_type=fb_exchange_token&client_id=1234567890&"));
    CHECK(request.body.ends_with("&fb_exchange_token=OLD"));
}

TEST_CASE("Instagram is asked with the token alone, as it documents", "[oauth]") {
    session::Record record = record_of();
    record.refresh_token = {};
    const base::HttpRequest request =
        oauth::refresh_request(test::stock_provider("instagram_login"), record);
    CHECK(request.method == "GET");
    CHECK(request.url ==
          "https://graph.instagram.com/refresh_access_token?grant_type=ig_refresh_token&"
          "access_token=OLD");
    CHECK(request.body.empty());
}

TEST_CASE("when a token is renewed depends on what the provider gave and takes", "[oauth]") {
    session::Record record = record_of();
    CHECK(oauth::refresh_time(test::stock_provider("twitter_oauth2"), record) == kNow + 6600);
    record.refresh_token = {};
    CHECK(oauth::refresh_time(test::stock_provider("twitter_oauth2"), record) == 0);
    CHECK(oauth::refresh_time(test::stock_provider("facebook"), record) == kNow + 6600);
    CHECK(oauth::refresh_time(test::stock_provider("instagram_login"), record) == 0);
    record.token_expires_at = kNow + 5'183'944;
    CHECK(oauth::refresh_time(test::stock_provider("instagram_login"), record) == kNow + 5'183'344);
    record.token_expires_at = 0;
    CHECK(oauth::refresh_time(test::stock_provider("facebook"), record) == 0);
}

TEST_CASE("where the first token is kept, a refresh token renews nothing", "[oauth]") {
    const session::Record record = record_of();
    CHECK(oauth::refresh_time(test::stock_provider("apple"), record) == 0);
    CHECK_FALSE(oauth::can_refresh(test::stock_provider("apple"), record, kNow));
}

TEST_CASE("a token that has run out can be renewed by a refresh token alone", "[oauth]") {
    session::Record record = record_of();
    CHECK(oauth::can_refresh(test::stock_provider("twitter_oauth2"), record, kNow + 9000));
    record.refresh_token = {};
    CHECK_FALSE(oauth::can_refresh(test::stock_provider("twitter_oauth2"), record, kNow));
    CHECK(oauth::can_refresh(test::stock_provider("facebook"), record, kNow + 7199));
    CHECK_FALSE(oauth::can_refresh(test::stock_provider("facebook"), record, kNow + 7200));
}

TEST_CASE("an answer says whether the grant is dead, or whether another try may help", "[oauth]") {
    const Provider x = test::stock_provider("twitter_oauth2");
    const std::string text = R"({"error":"invalid_request","error_description":)";
    CHECK(failure(x, json_answer(400, R"({"error":"invalid_grant"})")).is_invalid_grant);
    CHECK(failure(x, json_answer(401, R"({"error":"invalid_grant"})")).is_invalid_grant);
    CHECK(failure(x, json_answer(400, text + R"("Value passed for the token was invalid."})"))
              .is_invalid_grant);
    CHECK_FALSE(
        failure(x, json_answer(400, text + R"("Missing required parameter."})")).is_invalid_grant);
    CHECK_FALSE(failure(x, json_answer(400, R"({"error":"invalid_request"})")).is_invalid_grant);
    CHECK_FALSE(failure(x, json_answer(401, R"({"error":"invalid_client"})")).is_invalid_grant);
    CHECK_FALSE(failure(x, json_answer(500, R"({"error":"invalid_grant"})")).is_invalid_grant);
    CHECK_FALSE(failure(x, json_answer(429, R"({"error":"invalid_grant"})")).is_invalid_grant);
    CHECK_FALSE(failure(x, json_answer(200, R"({"error":"invalid_grant"})")).is_invalid_grant);
    CHECK_FALSE(failure(x, json_answer(400, "invalid_grant")).is_invalid_grant);
    CHECK_FALSE(failure(x, json_answer(200, "<html>")).is_invalid_grant);

    const Provider plain = test::provider_of("oauth2");
    CHECK_FALSE(
        failure(plain, json_answer(400, text + R"("Value passed for the token was invalid."})"))
            .is_invalid_grant);
    // A type without words of its own: an answer without any is none of them.
    for (const Provider& provider : {x, plain}) {
        for (const char* body : {"{}", R"({"error":""})", R"({"error":"","error_description":""})",
                                 R"({"error":"invalid_request","error_description":""})"}) {
            INFO(body);
            CHECK_FALSE(failure(provider, json_answer(400, body)).is_invalid_grant);
        }
    }
    const Provider github = test::stock_provider("github");
    CHECK(failure(github, json_answer(200, R"({"error":"bad_refresh_token"})")).is_invalid_grant);
    CHECK_FALSE(failure(github, json_answer(200, R"({"error":"incorrect_client_credentials"})"))
                    .is_invalid_grant);
    CHECK_FALSE(
        failure(github, json_answer(500, R"({"error":"bad_refresh_token"})")).is_invalid_grant);
    CHECK_FALSE(failure(x, json_answer(400, R"({"error":"bad_refresh_token"})")).is_invalid_grant);
    const Provider graph = test::stock_provider("facebook");
    CHECK(failure(graph, json_answer(400, R"({"error":{"code":190}})")).is_invalid_grant);
    CHECK(failure(graph, json_answer(400, R"({"error":{"code":102}})")).is_invalid_grant);
    CHECK_FALSE(failure(graph, json_answer(400, R"({"error":{"code":4}})")).is_invalid_grant);
    CHECK_FALSE(failure(graph, json_answer(500, R"({"error":{"code":190}})")).is_invalid_grant);
}

TEST_CASE("a failure tells nothing of the answer but its codes, and when to try again", "[oauth]") {
    base::HttpResponse answer = json_answer(429, R"({"title":"Too Many Requests"})");
    answer.headers.push_back({.name = "Retry-After", .value = "30"});
    const auto failed = failure(test::stock_provider("twitter_oauth2"), answer);
    CHECK(failed.retry_after == 30);
    CHECK(failed.error.what == "the provider did not renew a token");
    CHECK(failed.error.kind == Kind::provider_unavailable);
    CHECK(failed.error.detail.starts_with("HTTP 429"));
}

TEST_CASE("new tokens take their places in the session, and the order of members stays",
          "[oauth]") {
    session::Record record = record_of();
    record.refresh_failures = 3;
    const auto reply = tokens(R"({"token_type":"bearer","expires_in":3600,"access_token":"NEW",)"
                              R"("refresh_token":"R2","scope":"tweet.read users.read"})");
    REQUIRE(oauth::renew(record, test::stock_provider("twitter_oauth2"), reply, kNow + 7000));
    CHECK(record.body == R"({"session":"a:b","profile":{"id":"1"},"token":"NEW",)"
                         R"("expires_at":1700010600,"scope":"tweet.read users.read"})");
    CHECK(record.access_token.equals("NEW"));
    CHECK(record.refresh_token.equals("R2"));
    CHECK(record.token_issued_at == kNow + 7000);
    CHECK(record.token_expires_at == kNow + 10600);
    CHECK(record.refresh_at == kNow + 10000);
    CHECK(record.refresh_failures == 0);
}

TEST_CASE("what the provider leaves out stays as it was", "[oauth]") {
    session::Record record = record_of();
    const auto reply = tokens(R"({"token_type":"bearer","expires_in":3600,"access_token":"NEW"})");
    REQUIRE(oauth::renew(record, test::stock_provider("twitter_oauth2"), reply, kNow));
    CHECK(record.refresh_token.equals("R1"));
    CHECK(record.body == R"({"session":"a:b","profile":{"id":"1"},"token":"NEW",)"
                         R"("expires_at":1700003600,"scope":"tweet.read"})");
}

TEST_CASE("a new token without an end is not refreshed again", "[oauth]") {
    session::Record record = record_of();
    oauth::TokenReply reply;
    reply.access_token = base::Secret("NEW");
    REQUIRE(oauth::renew(record, test::provider_of("oauth2"), reply, kNow));
    CHECK(record.token_expires_at == 0);
    CHECK(record.refresh_at == 0);
}

TEST_CASE("the accounts of a Facebook session outlive its token", "[oauth]") {
    session::Record record =
        record_of(R"({"session":"a:b","profile":{"name":"Ovan \u2028 Donnovan","id":"1"},)"
                  R"("token":"OLD","accounts":[{"access_token":"P","id":"11","tasks":["X"]}]})");
    record.refresh_token = {};
    const auto reply =
        tokens(R"({"token_type":"bearer","expires_in":5183944,"access_token":"NEW"})");
    REQUIRE(oauth::renew(record, test::stock_provider("facebook"), reply, kNow));
    const auto before = base::Json::parse(record.body);
    REQUIRE(before);
    CHECK(record.body.find(
              R"("token":"NEW","accounts":[{"access_token":"P","id":"11","tasks":["X"]}]})") !=
          std::string::npos);
    CHECK(record.body.find("expires_at") == std::string::npos);
}

TEST_CASE("a body that is none of ours is not made into one", "[oauth]") {
    for (const char* body : {"", "[]", "{", "null", "{}x"}) {
        session::Record record = record_of(body);
        const auto reply =
            tokens(R"({"token_type":"bearer","expires_in":3600,"access_token":"NEW"})");
        const auto renewed =
            oauth::renew(record, test::stock_provider("twitter_oauth2"), reply, kNow);
        REQUIRE_FALSE(renewed);
        CHECK(renewed.error().kind == Kind::internal);
    }
}
