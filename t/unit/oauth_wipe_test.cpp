#include <memory>
#include <string>
#include <string_view>
#include "catch.hpp"

#include "base/base64.hpp"
#include "crypto/keyring.hpp"
#include "flow_world.hpp"
#include "freed_memory.hpp"
#include "oauth/app_token.hpp"
#include "oauth/form_text.hpp"
#include "oauth/graph.hpp"
#include "oauth/oauth1_signature.hpp"
#include "oauth/refresh_request.hpp"
#include "oauth/request_credential.hpp"
#include "oauth/token_reply.hpp"

namespace {

using namespace social;
using test::FreedMemory;
using test::kLongMarker;
using test::stock_provider;

const std::string kMarker(kLongMarker);

}  // namespace

TEST_CASE("a proof of the app secret leaves no token in freed memory", "[oauth]") {
    const oauth::Provider provider = stock_provider("facebook");
    const base::Secret token(kLongMarker);
    const FreedMemory freed(kLongMarker);
    CHECK(oauth::appsecret_proof(provider, token, 1'700'000'000).size() == 64);
    CHECK(freed.found() == 0);
}

TEST_CASE("the key of an OAuth 1.0a signature leaves nothing in freed memory", "[oauth]") {
    const std::string other(400, 's');
    for (const bool of_consumer : {true, false}) {
        const FreedMemory freed(kLongMarker);
        const oauth::Oauth1Credentials credentials{
            .consumer_key = "consumer",
            .consumer_secret = of_consumer ? kLongMarker : other,
            .token = "token",
            .token_secret = of_consumer ? other : kLongMarker,
        };
        CHECK_FALSE(oauth::oauth1_signature("GET&a&b", credentials).empty());
        CHECK(freed.found() == 0);
    }
}

TEST_CASE("the secret of basic credentials leaves nothing in freed memory", "[oauth]") {
    oauth::Provider provider = stock_provider("twitter_oauth2");
    provider.client_secret = base::Secret(kLongMarker);
    const std::string expected = "Basic " + base::base64_encode("1234567890:" + kMarker);
    const FreedMemory freed(kLongMarker);
    CHECK(oauth::basic_credentials(provider) == expected);
    CHECK(freed.found() == 0);
}

TEST_CASE("a form with a client secret leaves nothing in freed memory, also when it grows",
          "[oauth]") {
    const std::string long_value(2000, 'v');
    const std::string begin = "client_secret=" + kMarker + "&name=v";
    const FreedMemory freed(kLongMarker);
    {
        oauth::FormText form;
        form.add({"client_secret", kLongMarker});
        for (int i = 0; i < 5; ++i) {
            form.add({"name", long_value}).append(long_value);
        }
        CHECK(form.text().starts_with(begin));
        CHECK(form.text().size() > 20'000);
        const oauth::FormText copy = form;
        std::string taken = form.take();
        base::wipe(taken);
    }
    CHECK(freed.found() == 0);
}

TEST_CASE("a bearer credential leaves nothing in freed memory", "[oauth]") {
    const base::Secret token(kLongMarker);
    const std::string expected = "Bearer " + kMarker;
    const FreedMemory freed(kLongMarker);
    {
        CHECK(oauth::bearer_credential(token).equals(expected));
    }
    CHECK(freed.found() == 0);
}

TEST_CASE("the tokens of a reply leave nothing in freed memory", "[oauth]") {
    const oauth::Provider provider = stock_provider("twitter_oauth2");
    const auto reply = [](std::string_view access, std::string_view refresh) {
        return test::json_answer(
            200, R"({"token_type":"bearer","expires_in":7200,"access_token":")" +
                     std::string(access) + R"(","refresh_token":")" + std::string(refresh) +
                     R"(","scope":"a"})");
    };
    for (const auto& response : {reply(kLongMarker, "refresh"), reply("access", kLongMarker),
                                 reply(kLongMarker, " bad")}) {
        INFO(response.body);
        const FreedMemory freed(kLongMarker);
        {
            static_cast<void>(oauth::read_token_reply(provider, response));
        }
        CHECK(freed.found() == 0);
    }
}

TEST_CASE("the session of before a renewal leaves nothing in freed memory", "[oauth]") {
    const oauth::Provider provider = stock_provider("twitter_oauth2");
    session::Record record;
    record.body = R"({"session":"s","profile":{"id":"1"},"token":")" + kMarker +
                  R"(","expires_at":1,"scope":"a"})";
    record.access_token = base::Secret(kLongMarker);
    oauth::TokenReply tokens;
    tokens.access_token = base::Secret("fresh");
    tokens.lifetime = 7200;
    const FreedMemory freed(kLongMarker);
    CHECK(oauth::renew(record, provider, tokens, 1'700'000'000));
    CHECK(record.body.contains("fresh"));
    CHECK(freed.found() == 0);
}

TEST_CASE("an app-only token that is opened leaves nothing in freed memory", "[oauth]") {
    const crypto::Keyring keyring(test::key_of(7));
    const session::StoreKey key = oauth::app_token_key(stock_provider("twitter"));
    const oauth::AppToken token{.token = base::Secret(kLongMarker)};
    const FreedMemory freed(kLongMarker);
    {
        const std::string sealed = oauth::seal_app_token(token, key, keyring);
        const auto opened = oauth::open_app_token(sealed, key, keyring);
        REQUIRE(opened);
        CHECK(opened->token.equals(kLongMarker));
    }
    CHECK(freed.found() == 0);
}
