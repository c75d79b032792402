// A login at a scripted OAuth 1.0a provider: flow/exchange_verifier and the flows around it.
#include <string>
#include "catch.hpp"

#include "base/json.hpp"
#include "flow/callback.hpp"
#include "flow/prepare_login.hpp"
#include "flow/revoke.hpp"
#include "flow_world.hpp"

using namespace social;
using flow::Task;
using test::header_of;
using test::json_answer;
using test::run;
using test::World;

namespace {

class Oauth1World : public World {
public:
    Oauth1World() : provider(test::stock_provider("twitter", "twitter")) {
        http.answer = [](const base::HttpRequest& request) {
            if (request.url.ends_with("/request_token")) {
                return json_answer(200,
                                   "oauth_token=RT&oauth_token_secret=RS&"
                                   "oauth_callback_confirmed=true");
            }
            return json_answer(
                200, "oauth_token=6-T&oauth_token_secret=S&user_id=6253282&screen_name=xapi");
        };
    }

    flow::PreparedLogin begin() {
        Task<flow::PreparedLogin> task = flow::prepare_login(provider, terms, ports);
        return run(task, awaits.turns);
    }
    Task<std::string> finish(const session::AuthorizationState& own, std::string_view token) {
        oauth::CallbackReply reply;
        reply.oauth_token = base::Secret(token);
        reply.oauth_verifier = base::Secret("V");
        return flow::finish_login(provider, session::Login{terms, own}, std::move(reply), sessions,
                                  ports);
    }

    oauth::Provider provider;
    session::AuthorizationContext terms{.provider = "twitter",
                                        .site = "169",
                                        .return_to = "https://mysite.example/",
                                        .callback_url = "https://gateway.example/twitter/callback"};
    flow::Sessions sessions{store, keyring, clock, 86400};
};

}  // namespace

TEST_CASE("a login at X keeps the request token and its secret in the login", "[flow]") {
    Oauth1World world;
    const flow::PreparedLogin begun = world.begin();
    CHECK(begun.location == "https://api.x.com/oauth/authenticate?oauth_token=RT");
    CHECK(begun.login.request_token.reveal() == "RT");
    CHECK(begun.login.request_secret.reveal() == "RS");
    CHECK(begun.login.code_verifier.empty());
    const std::string header = header_of(world.http.requests.front(), "Authorization");
    CHECK(header.find("state%3D" + std::string(begun.login.id)) != std::string::npos);
}

TEST_CASE("a finished login at X has exactly the documented profile", "[flow]") {
    Oauth1World world;
    const flow::PreparedLogin begun = world.begin();
    Task<std::string> task = world.finish(begun.login, "RT");
    const std::string location = run(task, world.awaits.turns);
    const std::string id = location.substr(location.find("sessionId=") + 10, session::kIdLength);
    Task<flow::SharedRecord> load = world.sessions.load(world.sessions.key_of(id).value(), "169");
    const auto record = run(load, world.awaits.turns);
    REQUIRE(record != nullptr);
    CHECK(record->body.ends_with(R"(,"profile":{"oauth_token":"6-T","oauth_token_secret":"S",)"
                                 R"("user_id":"6253282","screen_name":"xapi"}})"));
    CHECK(record->user_id == "6253282");
    CHECK(record->access_token.reveal() == "6-T");
    CHECK(record->token_secret.reveal() == "S");
    CHECK(record->token_expires_at == 0);

    Task<flow::EndedSession> end = flow::end_session(
        &world.provider, world.sessions.key_of(id).value(), *record, world.sessions, world.ports);
    const flow::EndedSession ended = run(end, world.awaits.turns);
    CHECK(ended.existed);
    CHECK_FALSE(ended.revocation.has_value());
    const base::HttpRequest& last = world.http.requests.back();
    CHECK(last.url == "https://api.x.com/1.1/oauth/invalidate_token.json");
    CHECK(header_of(last, "Authorization").find("oauth_token=\"6-T\"") != std::string::npos);
}

TEST_CASE("a denied or malformed OAuth 1.0a response sends no request and stores nothing",
          "[flow]") {
    Oauth1World world;
    const flow::PreparedLogin begun = world.begin();
    const session::Login login{world.terms, begun.login};
    oauth::CallbackReply denied;
    denied.denied = true;
    denied.oauth_token = base::Secret("RT");
    oauth::CallbackReply no_verifier;
    no_verifier.oauth_token = base::Secret("RT");
    oauth::CallbackReply other_token;
    other_token.oauth_token = base::Secret("RU");
    other_token.oauth_verifier = base::Secret("V");
    const int calls = world.awaits.calls;
    for (const oauth::CallbackReply& reply : {denied, no_verifier, other_token}) {
        Task<std::string> task = flow::finish_login(world.provider, session::Login{login}, reply,
                                                    world.sessions, world.ports);
        CHECK_THROWS_AS(run(task, world.awaits.turns), flow::Failure);
    }
    CHECK(world.awaits.calls == calls);
    CHECK(world.store.spent.empty());

    Task<std::string> task = world.finish(begun.login, "RT");
    CHECK(run(task, world.awaits.turns).find("sessionId=") != std::string::npos);
    CHECK(world.store.spent.size() == 1);
    Task<std::string> again = world.finish(begun.login, "RT");
    CHECK_THROWS_AS(run(again, world.awaits.turns), flow::Failure);
    CHECK(world.http.requests.size() == 2);
}

TEST_CASE("a disconnect or failure at any await of a login at X leaves no session", "[flow]") {
    for (int at = 1; at <= 4; ++at) {
        INFO(at);
        Oauth1World world;
        world.awaits.fail_at = at;
        try {
            const flow::PreparedLogin begun = world.begin();
            Task<std::string> task = world.finish(begun.login, "RT");
            static_cast<void>(run(task, world.awaits.turns));
            FAIL("it did not fail");
        } catch (const flow::Failure& failed) {
            CHECK(failed.error().what == "scripted failure");
        }
        CHECK(world.store.entries.empty());
    }
    for (int steps = 0; steps < 3; ++steps) {
        Oauth1World world;
        const flow::PreparedLogin begun = world.begin();
        test::TestDriver driver;
        Task<std::string> task = world.finish(begun.login, "RT");
        task.start(driver);
        for (int i = 0; i < steps && i < 2; ++i) {
            world.awaits.turns.step();
        }
        task.reset();
        CHECK(world.awaits.turns.waiting() == 0);
        CHECK(world.store.entries.empty());
    }
}
