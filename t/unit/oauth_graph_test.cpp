#include "oauth/graph.hpp"

#include <string>
#include "catch.hpp"

#include "crypto/digest.hpp"
#include "flow_world.hpp"
#include "oauth/revocation.hpp"

using namespace social;
using test::header_of;
using test::json_answer;
using test::stock_provider;

namespace {

base::Json profile_of(std::string body, std::string_view type = "facebook") {
    auto profile = oauth::read_profile(stock_provider(type), json_answer(200, std::move(body)));
    REQUIRE(profile.has_value());
    return *profile;
}

bool reads_accounts(std::string body) {
    return oauth::read_accounts_page(json_answer(200, std::move(body))).has_value();
}

}  // namespace

TEST_CASE("a call to Graph carries the token in a header and the timed proof in the query",
          "[oauth]") {
    const base::HttpRequest request = oauth::api_request(
        stock_provider("facebook"),
        oauth::ApiCall("GET", "https://graph.facebook.com/v26.0/me?fields=name,id"),
        base::Secret("EAABtesttoken123"), 1700000000);
    CHECK(request.url ==
          "https://graph.facebook.com/v26.0/me?fields=name,id&appsecret_proof="
          "e57f1433d17a64d396cf3fc3c4b65396d5abc79abffa2c13cece5fce2fad3495"
          "&appsecret_time=1700000000");
    CHECK(header_of(request, "Authorization") == "Bearer EAABtesttoken123");
    CHECK(request.url.find("EAAB") == std::string::npos);
}

TEST_CASE("a call to a provider without proofs has none", "[oauth]") {
    const base::HttpRequest request = oauth::api_request(
        stock_provider("twitter_oauth2"), oauth::ApiCall("GET", "https://api.x.com/2/users/me"),
        base::Secret("t"), 1700000000);
    CHECK(request.url == "https://api.x.com/2/users/me");
}

TEST_CASE("a profile keeps its members in the type's order, ids as text", "[oauth]") {
    CHECK(profile_of(R"({"id":"508654789659284","name":"Ovan","extra":1})").dump() ==
          R"({"name":"Ovan","id":"508654789659284"})");
    CHECK(profile_of(R"({"id":9007199254740993})").dump() == R"({"id":"9007199254740993"})");
    CHECK(profile_of(R"({"data":{"username":"u","name":"n","id":"1"}})", "twitter_oauth2").dump() ==
          R"({"id":"1","name":"n","username":"u"})");
}

TEST_CASE("a profile that does not say who the user is is an error", "[oauth]") {
    for (const char* body :
         {"[]", "{}", R"({"name":"x"})", R"({"id":""})", R"({"id":null})", R"({"id":{}})",
          R"({"id":1.5})", "null", "", "<html>", R"({"error":{"code":190}})",
          R"({"id":"1","name":1e400})", "{\"id\":\"\xff\"}"}) {
        INFO(body);
        CHECK_FALSE(
            oauth::read_profile(stock_provider("facebook"), json_answer(200, body)).has_value());
    }
    const auto rejected = oauth::read_profile(
        stock_provider("facebook"),
        json_answer(400, R"({"error":{"message":"m","code":190,"error_subcode":460}})"));
    CHECK(rejected.error().kind == Kind::provider_rejected);
    CHECK(rejected.error().detail == "HTTP 400, code 190, subcode 460");
    CHECK_FALSE(
        oauth::read_profile(stock_provider("twitter_oauth2"), json_answer(200, R"({"id":"1"})"))
            .has_value());
}

TEST_CASE("a profile nested without end is refused", "[oauth]") {
    std::string body = R"({"id":"1","x":)" + std::string(10000, '[');
    CHECK_FALSE(
        oauth::read_profile(stock_provider("facebook"), json_answer(200, body)).has_value());
}

TEST_CASE("a page of accounts gives its cursor only where another page follows", "[oauth]") {
    const auto more = oauth::read_accounts_page(json_answer(
        200,
        R"({"data":[{"id":"1"},{"id":2}],"paging":{"cursors":{"before":"B","after":"QVFI=="},"next":"https://evil.example/?x"}})"));
    REQUIRE(more.has_value());
    CHECK(more->accounts.size() == 2);
    CHECK(more->after == "QVFI==");

    const auto last = oauth::read_accounts_page(
        json_answer(200, R"({"data":[],"paging":{"cursors":{"before":"B","after":"A"}}})"));
    REQUIRE(last.has_value());
    CHECK(last->after.empty());
}

TEST_CASE("a list that cannot be trusted is an error", "[oauth]") {
    CHECK(reads_accounts(R"({"data":[]})"));
    for (const char* body :
         {R"({})", R"({"data":{}})", R"({"data":[1]})", R"({"data":[{}]})",
          R"({"data":[{"id":null}]})", R"({"data":[{"id":"1"},{}]})", R"({"data":[{"id":"1"},1]})",
          R"({"data":[],"paging":{"next":"https://x/"}})",
          R"({"data":[],"paging":{"next":"https://x/","cursors":{"after":""}}})",
          R"({"data":[],"paging":{"next":"https://x/","cursors":{"after":"a\r\nb"}}})", R"([])",
          R"({"data":[],"error":{"code":4}})"}) {
        INFO(body);
        CHECK_FALSE(reads_accounts(body));
    }
    CHECK_FALSE(reads_accounts(R"({"data":[],"paging":{"next":"x","cursors":{"after":")" +
                               std::string(1025, 'a') + "\"}}}"));
}

TEST_CASE("the URL of the next page is our own with the cursor, which cannot add parameters",
          "[oauth]") {
    const oauth::Provider provider = stock_provider("facebook");
    CHECK(oauth::accounts_page_url(provider, "") == provider.accounts_url);
    CHECK(oauth::accounts_page_url(provider, "Q=&access_token=x") ==
          provider.accounts_url + "&after=Q%3D%26access_token%3Dx");
}

TEST_CASE("a Graph grant is deleted with the user's token and its proof", "[oauth]") {
    session::Record record;
    record.access_token = base::Secret("EAABtesttoken123");
    const auto requests =
        oauth::revocation_requests(stock_provider("facebook"), record, 1700000000);
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].method == "DELETE");
    CHECK(requests[0].url.starts_with(
        "https://graph.facebook.com/v26.0/me/permissions?appsecret_proof=e57f1433"));
    CHECK(header_of(requests[0], "Authorization") == "Bearer EAABtesttoken123");
}

TEST_CASE("both tokens are revoked where the provider speaks RFC 7009", "[oauth]") {
    session::Record record;
    record.access_token = base::Secret("a t");
    record.refresh_token = base::Secret("r");
    const auto requests =
        oauth::revocation_requests(stock_provider("twitter_oauth2"), record, 1700000000);
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].body == "token=r&token_type_hint=refresh_token");
    CHECK(requests[1].body == "token=a%20t&token_type_hint=access_token");
    CHECK(requests[1].url == "https://api.x.com/2/oauth2/revoke");
    CHECK(header_of(requests[1], "Authorization").starts_with("Basic "));
    CHECK(oauth::revocation_requests(stock_provider("instagram_login"), record, 1).empty());
}

TEST_CASE("the access token alone is revoked where no other is taken back", "[oauth]") {
    session::Record record;
    record.access_token = base::Secret("act.1");
    record.refresh_token = base::Secret("rft.1");
    const auto requests = oauth::revocation_requests(stock_provider("tiktok"), record, 1700000000);
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].method == "POST");
    CHECK(requests[0].url == "https://open.tiktokapis.com/v2/oauth/revoke/");
    CHECK(requests[0].body ==
          "token=act.1&client_key=1234567890&client_secret=0123456789abcdef0123456789abcdef");
}

TEST_CASE("a token is deleted by its client, and named in JSON", "[oauth]") {
    session::Record record;
    record.access_token = base::Secret("gho_\"1");
    record.refresh_token = base::Secret("ghr_1");
    const auto requests = oauth::revocation_requests(stock_provider("github"), record, 1700000000);
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].method == "DELETE");
    CHECK(requests[0].url == "https://api.github.com/applications/1234567890/token");
    CHECK(requests[0].body == R"({"access_token":"gho_\"1"})");
    CHECK(header_of(requests[0], "Authorization") ==
          "Basic MTIzNDU2Nzg5MDowMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZg==");
    CHECK(header_of(requests[0], "Content-Type") == "application/json");
}

TEST_CASE("the plain proof of the published examples is an HMAC over the token", "[oauth]") {
    const auto proof = [](std::string_view secret, std::string_view token) {
        return crypto::hex(crypto::hmac_sha256({.key = secret, .message = token}));
    };
    CHECK(proof("foo_secret", "foo_token") ==
          "df4256903ba4e23636cc142117aa632133d75c642bd2a68955be1443bd14deb9");
    CHECK(proof("shhhhh!is.my.secret", "foo_token") ==
          "796ba0d8a6b339e476a7b166a9e8ac0a395f7de736dc37de5f2f4397f5854eb8");
    CHECK(proof("0123456789abcdef0123456789abcdef", "EAABtesttoken123") ==
          "a4f34a10fd083209c9c3ea97783d670cd918f9be16f91bd8e7426d7c646c93f0");
}

TEST_CASE("the answers to a revocation are told apart", "[oauth]") {
    CHECK(oauth::read_revocation(json_answer(204, "")).has_value());
    CHECK(oauth::read_revocation(json_answer(400, R"({"error":"invalid_token"})")).has_value());
    CHECK_FALSE(oauth::read_revocation(json_answer(400, R"({"error":"invalid_client"})")));
    CHECK_FALSE(oauth::read_revocation(json_answer(404, R"({"message":"Not Found"})")));

    for (const char* body : {R"({"success":true})", "true", "", R"({"revoked":true})"}) {
        INFO(body);
        CHECK(oauth::read_revocation(json_answer(200, body)).has_value());
    }
    CHECK_FALSE(oauth::read_revocation(json_answer(200, R"({"success":false})")).has_value());
    CHECK_FALSE(oauth::read_revocation(json_answer(200, R"({"error":{"code":190}})")).has_value());
    CHECK_FALSE(oauth::read_revocation(json_answer(503, "")).has_value());
}
