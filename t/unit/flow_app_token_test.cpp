#include "flow/app_token.hpp"

#include <list>
#include <string>
#include "catch.hpp"

#include "crypto/digest.hpp"
#include "crypto/seal.hpp"
#include "flow_jobs.hpp"
#include "oauth/app_token.hpp"
#include "session/fields.hpp"

using namespace social;
using flow::Task;
using test::json_answer;
using test::run;

namespace {

class AppWorld : public test::World {
public:
    AppWorld() {
        http.answer = [this](const base::HttpRequest&) { return answer; };
    }

    std::string get() {
        Task<base::Secret> task = flow::app_token(provider, tokens);
        return std::string(run(task, awaits.turns).reveal());
    }
    void drop(std::string_view token) {
        Task<std::optional<Error>> task =
            flow::drop_app_token(provider, base::Secret(token), tokens);
        CHECK_FALSE(run(task, awaits.turns));
    }

    oauth::Provider provider = test::stock_provider("twitter", "twitter");
    base::HttpResponse answer =
        json_answer(200, R"({"token_type":"bearer","access_token":"AAA%2FBBB%3DCCC"})");
    test::FakeJobs jobs;
    test::MovingTimer moving{awaits, clock};
    flow::Ports moving_ports{http, store, store, store, clock, moving, awaits.turns};
    flow::AppTokens tokens{.keyring = keyring, .jobs = jobs, .ports = moving_ports};
};

}  // namespace

TEST_CASE("an application's token is fetched once and sent exactly as received", "[flow]") {
    AppWorld world;
    CHECK(world.get() == "AAA%2FBBB%3DCCC");
    CHECK(world.get() == "AAA%2FBBB%3DCCC");
    REQUIRE(world.http.requests.size() == 1);
    const base::HttpRequest& request = world.http.requests.front();
    CHECK(request.method == "POST");
    CHECK(request.url == "https://api.x.com/oauth2/token");
    CHECK(request.body == "grant_type=client_credentials");
    CHECK(test::header_of(request, "Authorization").starts_with("Basic "));
}

TEST_CASE("fifty concurrent callers share one fetch of an application's token", "[flow]") {
    AppWorld world;
    std::list<Task<base::Secret>> waiting;
    std::list<test::TestDriver> drivers;
    for (int i = 0; i < 50; ++i) {
        waiting.push_back(flow::app_token(world.provider, world.tokens));
        waiting.back().start(drivers.emplace_back());
    }
    while (world.awaits.turns.step()) {
    }
    for (auto& task : waiting) {
        REQUIRE(task.done());
        CHECK(task.take().equals("AAA%2FBBB%3DCCC"));
    }
    CHECK(world.http.requests.size() == 1);
}

TEST_CASE("an application's token is sealed, and opens with no other keyring or store key",
          "[flow]") {
    AppWorld world;
    static_cast<void>(world.get());
    REQUIRE(world.store.entries.size() == 1);
    const auto& [key, entry] = *world.store.entries.begin();
    CHECK(entry.sealed.find("AAA") == std::string::npos);
    CHECK(entry.owner == 0);
    CHECK(oauth::open_app_token(entry.sealed, key, world.keyring));
    CHECK_FALSE(oauth::open_app_token(entry.sealed, {}, world.keyring));
    CHECK_FALSE(oauth::open_app_token(entry.sealed, key, crypto::Keyring(test::key_of(8))));
    CHECK_FALSE(oauth::open_app_token(entry.sealed.substr(1), key, world.keyring));
    CHECK_FALSE(oauth::open_app_token("", key, world.keyring));
}

TEST_CASE("two providers have separate application tokens", "[flow]") {
    AppWorld world;
    const oauth::Provider other = test::stock_provider("twitter", "other");
    CHECK(oauth::app_token_key(world.provider) != oauth::app_token_key(other));
}

TEST_CASE("two clients have separate tokens, however their ids and names are split", "[flow]") {
    const auto key_of = [](std::string_view name, std::string_view client) {
        oauth::Provider provider = test::stock_provider("twitter", name);
        provider.client_id = client;
        return oauth::app_token_key(provider);
    };
    CHECK(key_of("twitter", "1") != key_of("twitter", "2"));
    CHECK(key_of("twitter1", "2") != key_of("twitter", "12"));
}

TEST_CASE("a sealed text that is no token of this version is a miss", "[flow]") {
    AppWorld world;
    const session::StoreKey key = oauth::app_token_key(world.provider);
    const auto opens = [&](std::uint8_t version, std::string_view rest) {
        session::FieldWriter fields(64, crypto::kSealFront);
        fields.number(version);
        fields.text("AAA");
        for (int i = 0; i < 4; ++i) {
            fields.time(test::kNow + 600 + i);
        }
        fields.number(std::uint32_t{3});
        fields.raw(rest);
        std::string sealed = fields.take();
        crypto::seal(world.keyring, crypto::Purpose::app_token, crypto::as_text(key), sealed);
        return oauth::open_app_token(sealed, key, world.keyring);
    };
    const std::optional<oauth::AppToken> token = opens(1, "");
    REQUIRE(token);
    CHECK(token->token.equals("AAA"));
    CHECK(token->refresh_at == test::kNow + 600);
    CHECK(token->ends_at == test::kNow + 601);
    CHECK(token->trusted_until == test::kNow + 602);
    CHECK(token->retry_at == test::kNow + 603);
    CHECK(token->failures == 3);
    CHECK_FALSE(opens(0, ""));
    CHECK_FALSE(opens(2, ""));
    CHECK_FALSE(opens(1, "x"));
}

TEST_CASE("a rejected token is replaced once", "[flow]") {
    AppWorld world;
    const std::string first = world.get();
    world.answer = json_answer(200, R"({"token_type":"bearer","access_token":"SECOND"})");
    world.drop(first);
    world.drop(first);
    CHECK(world.get() == "SECOND");
    world.drop(first);  // a late answer to a call with the old one
    CHECK(world.get() == "SECOND");
    CHECK(world.http.requests.size() == 2);
}

TEST_CASE("a rejected token that the provider issues again is trusted for a minute", "[flow]") {
    AppWorld world;
    const std::string token = world.get();
    for (int i = 0; i < 10; ++i) {
        world.drop(token);
        CHECK(world.get() == token);
    }
    CHECK(world.http.requests.size() == 2);
    world.clock.time += 61;
    world.drop(token);
    CHECK(world.get() == token);
    CHECK(world.http.requests.size() == 3);
}

TEST_CASE("an application's token is refreshed before it expires", "[flow]") {
    AppWorld world;
    world.answer =
        json_answer(200, R"({"token_type":"bearer","access_token":"A","expires_in":1000})");
    CHECK(world.get() == "A");
    world.answer =
        json_answer(200, R"({"token_type":"bearer","access_token":"B","expires_in":1000})");
    world.clock.time = test::kNow + 740;
    CHECK(world.get() == "A");
    world.clock.time = test::kNow + 760;
    CHECK(world.get() == "B");
}

TEST_CASE("an unexpired token is used while fetches fail", "[flow]") {
    AppWorld world;
    world.answer =
        json_answer(200, R"({"token_type":"bearer","access_token":"A","expires_in":1000})");
    CHECK(world.get() == "A");
    world.answer = json_answer(503, "down");
    world.clock.time = test::kNow + 800;
    CHECK(world.get() == "A");
    world.clock.time = test::kNow + 1010;
    CHECK_THROWS_AS(world.get(), flow::Failure);
}

TEST_CASE("every caller fails when a fetch fails, and the fetch is retried with backoff",
          "[flow]") {
    AppWorld world;
    const std::string good = world.answer.body;
    world.answer = json_answer(403, R"({"errors":[{"code":99}]})");
    for (int i = 0; i < 5; ++i) {
        try {
            static_cast<void>(world.get());
            FAIL("there is a token");
        } catch (const flow::Failure& failed) {
            CHECK(failed.error().kind == Kind::provider_unavailable);
        }
    }
    CHECK(world.http.requests.size() == 1);
    const std::vector<Error> logged = world.jobs.errors();
    REQUIRE(logged.size() == 1);
    CHECK(logged.front().detail == "HTTP 403, code 99, provider: twitter");
    world.clock.time += 3;
    world.answer = json_answer(200, good);
    CHECK(world.get() == "AAA%2FBBB%3DCCC");
}

TEST_CASE("a token response without a bearer token is an error", "[flow]") {
    for (const char* body :
         {R"({"token_type":"mac","access_token":"A"})", R"({"token_type":"bearer"})",
          R"({"token_type":"bearer","access_token":"A\r\nB: c"})", "[]", ""}) {
        INFO(body);
        AppWorld world;
        world.answer = json_answer(200, body);
        CHECK_THROWS_AS(world.get(), flow::Failure);
        const auto read = oauth::read_app_token(world.provider, world.answer, test::kNow);
        REQUIRE_FALSE(read);
        CHECK(read.error().what == "the provider gave no token to the application");
    }
}

TEST_CASE("a failure at any await is reported, or recovered by the next call", "[flow]") {
    for (int n = 1; n <= 10; ++n) {
        INFO("await " << n);
        AppWorld world;
        world.awaits.fail_at = n;
        try {
            static_cast<void>(world.get());
        } catch (const flow::Failure&) {
        }
        world.awaits.fail_at = 0;
        world.store.leases.clear();
        world.clock.time += 5;
        CHECK(world.get() == "AAA%2FBBB%3DCCC");
        CHECK(world.http.requests.size() <= 2);
    }
}

TEST_CASE("a missing application token is store_unavailable at once while the store is read-only",
          "[flow]") {
    AppWorld world;
    world.store.read_only = true;
    try {
        static_cast<void>(world.get());
        FAIL("a token was given that nobody could fetch");
    } catch (const flow::Failure& failed) {
        CHECK(failed.error().kind == Kind::store_unavailable);
    }
    CHECK(world.clock.time <= test::kNow + 1);
    CHECK(world.http.requests.empty());
    world.store.read_only = false;
    CHECK(world.get() == "AAA%2FBBB%3DCCC");
}

TEST_CASE("an unexpired application token is used while the store is read-only", "[flow]") {
    AppWorld world;
    world.answer = json_answer(
        200, R"({"token_type":"bearer","access_token":"AAA%2FBBB%3DCCC","expires_in":1000})");
    const std::string token = world.get();
    world.store.read_only = true;
    world.clock.time += 900;
    CHECK(world.get() == token);
    CHECK(world.http.requests.size() == 1);
    world.clock.time += 100;
    CHECK_THROWS_AS(world.get(), flow::Failure);
}

TEST_CASE("a rejected token is not dropped while another caller fetches one", "[flow]") {
    AppWorld world;
    const std::string token = world.get();
    const std::string name =
        "app token " + std::string(crypto::as_text(oauth::app_token_key(world.provider)));
    world.store.leases[name] = 99;
    world.drop(token);
    CHECK(world.get() == token);
    world.store.leases.clear();
    world.drop(token);
    world.answer = json_answer(200, R"({"token_type":"bearer","access_token":"SECOND"})");
    CHECK(world.get() == "SECOND");
}
