// A whole login against a scripted Facebook: flow/prepare_login, flow/callback, flow/revoke.
#include <algorithm>
#include <string>
#include "catch.hpp"

#include "base/form.hpp"
#include "base/json.hpp"
#include "flow/callback.hpp"
#include "flow/prepare_login.hpp"
#include "flow/revoke.hpp"
#include "flow_world.hpp"
#include "oauth/graph.hpp"

using namespace social;
using flow::Task;
using test::header_of;
using test::json_answer;
using test::run;
using test::World;

namespace {

constexpr std::string_view kProfile = "/me?fields=name,id";
constexpr std::string_view kAccounts = "/me/accounts?";
constexpr std::string_view kToken = "/oauth/access_token";

bool asks(const base::HttpRequest& request, std::string_view part) {
    return request.url.find(part) != std::string::npos;
}

// Two pages of accounts. The link to the second one points at a foreign host.
base::HttpResponse accounts(const base::HttpRequest& request) {
    if (asks(request, "&after=CURSOR")) {
        return json_answer(200, R"({"data":[{"id":"12","name":"Second","access_token":"P2"}],)"
                                R"("paging":{"cursors":{"before":"B","after":"END"}}})");
    }
    return json_answer(200, R"({"data":[{"access_token":"P1","category":"Brand",)"
                            R"("category_list":[{"id":"16","name":"Brand"}],"name":"First",)"
                            R"("id":"11","tasks":["ANALYZE"]}],"paging":{"cursors":)"
                            R"({"before":"A","after":"CURSOR"},"next":"https://evil.example/x"}})");
}

base::HttpResponse facebook(const base::HttpRequest& request) {
    if (asks(request, kToken)) {
        const bool swap = request.body.find("fb_exchange_token") != std::string::npos;
        return json_answer(200, swap ? R"({"access_token":"LONG","token_type":"bearer",)"
                                       R"("expires_in":5183944})"
                                     : R"({"access_token":"SHORT","token_type":"bearer",)"
                                       R"("expires_in":3600})");
    }
    if (asks(request, kAccounts)) {
        return accounts(request);
    }
    if (asks(request, kProfile)) {
        return json_answer(200, R"({"id":"508","name":"Ovan Donnovan"})");
    }
    return json_answer(200, R"({"success":true})");
}

class LoginWorld : public World {
public:
    explicit LoginWorld(std::string_view type = "facebook") : provider(test::stock_provider(type)) {
        http.answer = facebook;
        login.id = std::string(22, 'A');
        login.nonce = std::string(22, 'n');
        login.provider = provider.name;
        login.site = "169";
        login.return_to = "https://mysite.example/app?x=1";
        login.callback_url = "https://gateway.example/facebook/callback";
        login.started_at = test::kNow;
        reply.state = login.state();
        reply.code = base::Secret("CODE");
    }

    Task<std::string> finish() {
        return flow::finish_login(provider, login, reply, sessions, ports);
    }

    // Runs the login to completion and returns its error.
    Error failure() {
        Task<std::string> task = finish();
        try {
            const std::string location = run(task, awaits.turns);
            FAIL("the login ended at " + location);
        } catch (const flow::Failure& failed) {
            return failed.error();
        }
        return {};
    }

    oauth::Provider provider;
    session::Login login;
    oauth::CallbackReply reply;
    flow::Sessions sessions{store, keyring, clock, 86400};
};

base::Json session_at(LoginWorld& world, const std::string& location) {
    const std::size_t from = location.find("sessionId=") + 10;
    const std::string id = location.substr(from, session::kIdLength);
    Task<flow::SharedRecord> load = world.sessions.load(world.sessions.key_of(id).value(), "169");
    const auto record = run(load, world.awaits.turns);
    REQUIRE(record != nullptr);
    return base::Json::parse(record->body).value();
}

}  // namespace

namespace {

flow::AuthorizationTemplate start_at(const oauth::Provider& provider) {
    static const site::Site kSite{.id = "169"};
    return {provider,
            {.site = &kSite, .return_to = "https://mysite.example/app"},
            "https://gateway.example/facebook/callback"};
}

}  // namespace

TEST_CASE("a login begins with a fresh state, the redirect_uri and the provider's URL", "[flow]") {
    World world;
    const oauth::Provider provider = test::stock_provider("facebook");
    const flow::AuthorizationTemplate start = start_at(provider);
    const auto begun = flow::try_prepare_login(provider, start, world.clock);
    REQUIRE(begun);
    CHECK(begun->location.starts_with("https://www.facebook.com/v26.0/dialog/oauth?"));
    CHECK(begun->location.ends_with("&state=" + begun->login.state()));
    CHECK(session::parse_state(begun->login.state()).has_value());
    CHECK(begun->login.started_at == test::kNow);
    CHECK(begun->login.code_verifier.empty());
    CHECK(begun->login.state() !=
          flow::try_prepare_login(provider, start, world.clock)->login.state());

    std::string cookie;
    start.sealer().append(cookie, begun->login, world.keyring);
    const auto opened = session::open_login(begun->login.id, cookie, world.keyring);
    REQUIRE(opened);
    CHECK(opened->provider == "facebook");
    CHECK(opened->site == "169");
    CHECK(opened->return_to == "https://mysite.example/app");
    CHECK(opened->callback_url == "https://gateway.example/facebook/callback");
    CHECK(opened->state() == begun->login.state());
}

TEST_CASE("a login at a provider with PKCE keeps its verifier", "[flow]") {
    World world;
    const oauth::Provider provider = test::stock_provider("twitter_oauth2");
    const auto begun = flow::try_prepare_login(provider, start_at(provider), world.clock);
    REQUIRE(begun);
    const std::string_view verifier = begun->login.code_verifier.reveal();
    CHECK(verifier.size() == 44);  // RFC 7636 §4.1: 43 to 128 of these
    CHECK(verifier.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-_") == std::string_view::npos);
    const auto other = flow::try_prepare_login(provider, start_at(provider), world.clock);
    REQUIRE(other);
    CHECK(other->login.code_verifier.reveal() != verifier);
    CHECK_FALSE(other->login.id == begun->login.id);
    CHECK_FALSE(other->login.nonce == begun->login.nonce);
    CHECK_FALSE(begun->login.id == begun->login.nonce);
    CHECK(begun->location.find("code_challenge_method=S256") != std::string::npos);
}

TEST_CASE("try_prepare_login() returns nullopt for OAuth 1.0a and OpenID Connect", "[flow]") {
    World world;
    for (const char* name : {"twitter", "google"}) {
        const oauth::Provider provider = test::stock_provider(name);
        CHECK_FALSE(flow::try_prepare_login(provider, start_at(provider), world.clock));
    }
}

TEST_CASE("a Facebook login ends at the site with the id of a stored session", "[flow]") {
    for (const bool asynchronous : {true, false}) {
        LoginWorld world;
        world.awaits.turns.asynchronous = asynchronous;
        Task<std::string> task = world.finish();
        const std::string location = run(task, world.awaits.turns);
        CHECK(location.starts_with("https://mysite.example/app?x=1&sessionId="));
        CHECK(location.ends_with("#_=_"));

        const base::Json body = session_at(world, location);
        CHECK(body.member("profile").dump() == R"({"name":"Ovan Donnovan","id":"508"})");
        CHECK(body.member("token").text() == "LONG");
        CHECK(body.member("accounts").dump() ==
              R"([{"access_token":"P1","category":"Brand","category_list":[{"id":"16",)"
              R"("name":"Brand"}],"name":"First","id":"11","tasks":["ANALYZE"]},)"
              R"({"access_token":"P2","name":"Second","id":"12"}])");
    }
}

TEST_CASE("every call goes to the configured host, secrets stay out of URLs, the code is sent once",
          "[flow]") {
    LoginWorld world;
    Task<std::string> task = world.finish();
    static_cast<void>(run(task, world.awaits.turns));
    REQUIRE(world.http.requests.size() == 5);
    int with_code = 0;
    for (const base::HttpRequest& request : world.http.requests) {
        INFO(request.url);
        CHECK(request.url.starts_with("https://graph.facebook.com/v26.0/"));
        for (const char* secret : {"CODE", "SHORT", "LONG", "0123456789abcdef"}) {
            CHECK(request.url.find(secret) == std::string::npos);
        }
        with_code += request.body.find("code=CODE") != std::string::npos ? 1 : 0;
    }
    CHECK(with_code == 1);
    for (const std::string_view part : {kProfile, kAccounts}) {
        for (const base::HttpRequest& request : world.http.sent(part)) {
            CHECK(header_of(request, "Authorization") == "Bearer LONG");
            CHECK(request.url.find("appsecret_proof=") != std::string::npos);
        }
    }
    CHECK(world.http.sent(kAccounts).size() == 2);
}

TEST_CASE("profile and accounts are requested concurrently", "[flow]") {
    LoginWorld world;
    test::TestDriver driver;
    Task<std::string> task = world.finish();
    task.start(driver);
    for (int i = 0; i < 3; ++i) {
        CHECK(world.awaits.turns.step());
    }
    CHECK(world.awaits.turns.waiting() == 2);
}

TEST_CASE("a consumed login id is kept until it has expired by every clock", "[flow]") {
    for (const std::int64_t age : {0, 1, 300, 599}) {
        LoginWorld world;
        world.login.started_at = test::kNow - age;
        Task<std::string> task = world.finish();
        static_cast<void>(run(task, world.awaits.turns));
        CHECK(world.store.spent_for == session::kLoginLifetime - age + 60);
    }
}

TEST_CASE("a login is finished once, even by two concurrent callbacks", "[flow]") {
    LoginWorld world;
    test::TestDriver driver;
    Task<std::string> one = world.finish();
    Task<std::string> two = world.finish();
    one.start(driver);
    two.start(driver);
    while (world.awaits.turns.step()) {
    }
    REQUIRE(one.done());
    REQUIRE(two.done());
    CHECK_NOTHROW(one.take());
    CHECK_THROWS_AS(two.take(), flow::Failure);
    CHECK(world.store.entries.size() == 1);
    CHECK(world.failure().kind == Kind::bad_callback);
    CHECK(world.http.requests.size() == 5);
}

TEST_CASE("a denied or malformed response stores nothing and sends no request", "[flow]") {
    struct Case {
        std::string code;
        std::string error;
        Kind kind;
    };
    for (const Case& refused :
         {Case{"", "access_denied", Kind::login_refused},
          Case{"", "invalid_scope", Kind::provider_rejected},
          Case{"", "server_error", Kind::provider_unavailable},
          Case{"CODE", "access_denied", Kind::bad_callback}, Case{"", "", Kind::bad_callback}}) {
        LoginWorld world;
        world.reply.code = base::Secret(refused.code);
        world.reply.error = refused.error;
        CHECK(world.failure().kind == refused.kind);
        CHECK(world.http.requests.empty());
        CHECK(world.store.spent.empty());
        CHECK(world.store.entries.empty());
        CHECK(world.awaits.calls == 0);
    }
}

TEST_CASE("a response from another issuer, or for a removed site, stores nothing", "[flow]") {
    LoginWorld other_issuer;
    other_issuer.provider.issuer = "https://issuer.example";
    other_issuer.reply.issuer = "https://other.example";
    LoginWorld no_site;
    no_site.login.return_to = "mailto:x";
    for (LoginWorld* world : {&other_issuer, &no_site}) {
        const Error error = world->failure();
        CHECK((error.kind == Kind::bad_callback || error.kind == Kind::wrong_site));
        CHECK(world->awaits.calls == 0);
    }
}

TEST_CASE("a login that is denied and then granted in one browser is finished", "[flow]") {
    LoginWorld world;
    const base::Secret code = std::exchange(world.reply.code, base::Secret());
    world.reply.error = "access_denied";
    CHECK(world.failure().kind == Kind::login_refused);
    world.reply.code = base::Secret(code.reveal());
    world.reply.error.clear();
    Task<std::string> task = world.finish();
    CHECK(run(task, world.awaits.turns).find("sessionId=") != std::string::npos);
    CHECK(world.store.spent.size() == 1);
}

TEST_CASE(
    "a failure at any await ends the login without a session, and the code is never sent again",
    "[flow]") {
    LoginWorld whole;
    Task<std::string> complete = whole.finish();
    static_cast<void>(run(complete, whole.awaits.turns));
    const int calls = whole.awaits.calls;
    REQUIRE(calls == 7);
    for (const bool asynchronous : {true, false}) {
        for (int at = 1; at <= calls; ++at) {
            INFO(at);
            LoginWorld world;
            world.awaits.turns.asynchronous = asynchronous;
            world.awaits.fail_at = at;
            const Error error = world.failure();
            const bool in_store = at == 1 || at == calls;
            CHECK(error.kind == (in_store ? Kind::store_unavailable : Kind::provider_unavailable));
            CHECK(world.store.entries.empty());
            CHECK(world.awaits.turns.waiting() == 0);
            const auto exchanges =
                std::ranges::count_if(world.http.requests, [](const base::HttpRequest& request) {
                    return request.body.find("code=CODE") != std::string::npos;
                });
            CHECK(exchanges == (at == 1 ? 0 : 1));
        }
    }
}

TEST_CASE("a client that disconnects at any await leaves no session", "[flow]") {
    for (int steps = 0; steps < 7; ++steps) {
        INFO(steps);
        LoginWorld world;
        test::TestDriver driver;
        {
            Task<std::string> task = world.finish();
            task.start(driver);
            for (int i = 0; i < steps; ++i) {
                CHECK(world.awaits.turns.step());
            }
            CHECK_FALSE(task.done());
            CHECK(world.awaits.turns.waiting() > 0);
        }
        CHECK(world.awaits.turns.waiting() == 0);
        CHECK(world.store.entries.empty());
    }
}

TEST_CASE("a provider's error or garbage at any step makes no session", "[flow]") {
    struct Step {
        std::string_view url;
        std::string_view body;  // what the request's body holds
    };
    for (const Step& step : {Step{kToken, "authorization_code"}, Step{kToken, "fb_exchange_token"},
                             Step{kProfile, ""}, Step{kAccounts, ""}}) {
        for (const auto& [status, body] :
             {std::pair(200, "<html>"), std::pair(200, "[]"), std::pair(200, ""),
              std::pair(500, "{}"), std::pair(302, ""),
              std::pair(400,
                        R"({"error":{"message":"CODE LONG","code":100,"error_subcode":36009}})"),
              std::pair(200, R"({"error":{"message":"LONG","code":190}})")}) {
            INFO(step.url << " " << body);
            LoginWorld world;
            const base::HttpResponse broken = json_answer(status, body);
            world.http.answer = [&step, broken](const base::HttpRequest& request) {
                const bool meant =
                    asks(request, step.url) && request.body.find(step.body) != std::string::npos;
                return meant ? broken : facebook(request);
            };
            const Error error = world.failure();
            CHECK((error.kind == Kind::provider_rejected ||
                   error.kind == Kind::provider_unavailable));
            CHECK(error.detail.find("CODE") == std::string::npos);
            CHECK(error.detail.find("LONG") == std::string::npos);
            CHECK(world.store.entries.empty());
        }
    }
}

TEST_CASE("an endless list of accounts is an error, a long one is cut at a thousand", "[flow]") {
    LoginWorld endless;
    endless.http.answer = [](const base::HttpRequest& request) {
        return asks(request, kAccounts)
                   ? json_answer(200,
                                 R"({"data":[],"paging":{"next":"n","cursors":{"after":"A"}}})")
                   : facebook(request);
    };
    CHECK(endless.failure().kind == Kind::provider_unavailable);
    CHECK(endless.http.sent(kAccounts).size() == oauth::kMaxAccountPages);

    LoginWorld large;
    large.http.answer = [](const base::HttpRequest& request) {
        if (!asks(request, kAccounts)) {
            return facebook(request);
        }
        std::string data;
        for (int i = 0; i < 300; ++i) {
            data += std::string(data.empty() ? "" : ",") + R"({"id":")" + std::to_string(i) + "\"}";
        }
        return json_answer(
            200, R"({"data":[)" + data + R"(],"paging":{"next":"n","cursors":{"after":"A"}}})");
    };
    Task<std::string> task = large.finish();
    const std::string location = run(task, large.awaits.turns);
    CHECK(session_at(large, location).member("accounts").size() == 1000);
    CHECK(large.http.sent(kAccounts).size() == 4);
}

TEST_CASE("a login at X hides the refresh token and shows when the token expires", "[flow]") {
    LoginWorld world("twitter_oauth2");
    world.login.code_verifier = session::CodeVerifier(std::string(43, 'v'));
    world.http.answer = [](const base::HttpRequest& request) {
        if (asks(request, "/2/oauth2/token")) {
            return json_answer(200, R"({"token_type":"bearer","expires_in":7200,)"
                                    R"("access_token":"XTOKEN","scope":"tweet.read users.read",)"
                                    R"("refresh_token":"XREFRESH"})");
        }
        return json_answer(200, R"({"data":{"id":"2244994945","name":"X Dev","username":"xdev"}})");
    };
    Task<std::string> task = world.finish();
    const std::string location = run(task, world.awaits.turns);
    CHECK(location.find('#') == std::string::npos);
    const base::Json body = session_at(world, location);
    CHECK(body.dump().find("XREFRESH") == std::string::npos);
    CHECK(body.member("profile").dump() ==
          R"({"id":"2244994945","name":"X Dev","username":"xdev"})");
    CHECK(body.member("expires_at").number() == test::kNow + 7200);
    CHECK(body.member("scope").text() == "tweet.read users.read");
}

TEST_CASE("a session is revoked at its provider, and a failure of that is only reported",
          "[flow]") {
    LoginWorld world;
    session::Record record;
    record.access_token = base::Secret("LONG");
    const auto revoke = [&](const oauth::Provider* provider) {
        Task<std::optional<Error>> task = flow::revoke(provider, {}, record, world.ports);
        return run(task, world.awaits.turns);
    };
    CHECK_FALSE(revoke(&world.provider).has_value());
    REQUIRE(world.http.requests.size() == 1);
    CHECK(world.http.requests[0].method == "DELETE");

    world.http.answer = [](const base::HttpRequest&) {
        return json_answer(400, R"({"error":{"message":"LONG","code":190,"error_subcode":460}})");
    };
    const std::optional<Error> refused = revoke(&world.provider);
    REQUIRE(refused.has_value());
    CHECK(refused->detail == "HTTP 400, code 190, subcode 460");

    world.awaits.fail_at = world.awaits.calls + 2;  // behind the store
    REQUIRE(revoke(&world.provider).has_value());
    CHECK_FALSE(revoke(nullptr).has_value());
    CHECK(world.http.requests.size() == 3);
}

TEST_CASE("a grant is not revoked while the store cannot count its other sessions", "[flow]") {
    LoginWorld world;
    session::Record record;
    record.access_token = base::Secret("LONG");
    world.awaits.fail_at = world.awaits.calls + 1;
    Task<std::optional<Error>> task = flow::revoke(&world.provider, {}, record, world.ports);
    const std::optional<Error> failed = run(task, world.awaits.turns);
    REQUIRE(failed.has_value());
    CHECK(failed->kind == Kind::store_unavailable);
    CHECK(world.http.requests.empty());
}

TEST_CASE("the tokens of the stored session are revoked, not those of an earlier read", "[flow]") {
    LoginWorld world("twitter_oauth2");
    world.http.answer = [](const base::HttpRequest&) { return json_answer(200, "{}"); };
    session::Record read;
    read.provider = world.provider.name;
    read.site = "169";
    read.body = "{}";
    read.access_token = base::Secret("OLD");
    Task<session::SessionId> open = world.sessions.open(read);
    const std::string id = run(open, world.awaits.turns).text;
    const session::StoreKey key = world.sessions.key_of(id).value();
    Task<std::optional<session::Record>> load = world.sessions.load(key);
    session::Record renewed = run(load, world.awaits.turns).value();
    renewed.access_token = base::Secret("NEW");
    Task<bool> update = world.sessions.update(key, std::move(renewed));
    REQUIRE(run(update, world.awaits.turns));

    Task<flow::EndedSession> end =
        flow::end_session(&world.provider, key, read, world.sessions, world.ports);
    CHECK(run(end, world.awaits.turns).existed);
    REQUIRE(world.http.requests.size() == 1);
    CHECK(world.http.requests[0].body.starts_with("token=NEW&"));
    Task<flow::EndedSession> again =
        flow::end_session(&world.provider, key, read, world.sessions, world.ports);
    CHECK_FALSE(run(again, world.awaits.turns).existed);
    CHECK(world.http.requests.size() == 1);
}

TEST_CASE("a login whose grant is being revoked waits and checks its token", "[flow]") {
    LoginWorld world;
    world.store.refusals = 2;
    Task<std::string> task = world.finish();
    const std::string location = run(task, world.awaits.turns);
    CHECK(location.find("sessionId=") != std::string::npos);
    CHECK(world.store.entries.size() == 1);
    CHECK(world.http.sent("/me?fields=name,id").size() == 3);
}
