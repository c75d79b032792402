// A login at a scripted OpenID provider: flow/issuers, flow/exchange_openid_code and the flows
// around them.
#include <string>
#include "catch.hpp"

#include "base/form.hpp"
#include "flow/callback.hpp"
#include "flow/issuers.hpp"
#include "flow/prepare_login.hpp"
#include "flow/revoke.hpp"
#include "flow_world.hpp"
#include "openid_provider.hpp"

using namespace social;
using flow::Task;
using test::json_answer;
using test::run;
using test::World;

namespace {

constexpr std::string_view kDiscovery = "openid-configuration";
constexpr std::string_view kKeys = "/keys";

class OpenidWorld : public World {
public:
    OpenidWorld() {
        oauth::ProviderSettings settings;
        settings.name = "oidc";
        settings.type = "oidc";
        settings.client_id = "client";
        settings.client_secret = base::Secret("secret");
        settings.issuer = "https://p.example";
        provider = oauth::make_provider(std::move(settings)).value();
        ports.issuers = &issuers;
        http.answer = [this](const base::HttpRequest& request) { return answer(request); };
    }

    base::HttpResponse answer(const base::HttpRequest& request) {
        if (request.url.find(kDiscovery) != std::string::npos) {
            return json_answer(discovery_status,
                               R"({"issuer":"https://p.example","authorization_endpoint":)"
                               R"("https://p.example/authorize","token_endpoint":)"
                               R"("https://p.example/token","jwks_uri":"https://p.example/keys",)"
                               R"("userinfo_endpoint":"https://p.example/userinfo",)"
                               R"("revocation_endpoint":"https://p.example/revoke",)"
                               R"("id_token_signing_alg_values_supported":["ES256"]})");
        }
        if (request.url.ends_with(kKeys)) {
            return json_answer(keys_status, keys);
        }
        if (request.url.ends_with("/token")) {
            return json_answer(200, R"({"access_token":"ACCESS","token_type":"Bearer",)"
                                    R"("expires_in":3600,"refresh_token":"R","id_token":")" +
                                        openid.token(claims) + "\"}");
        }
        return json_answer(200, R"({"sub":"4711","name":"Ovan"})");
    }

    // A login after the provider's redirect. The id token has its nonce.
    Task<std::string> finish() {
        session::Login login;
        login.id = std::string(22, static_cast<char>('A' + logins++));
        login.nonce = std::string(22, 'n');
        login.site = "169";
        login.return_to = "https://mysite.example/";
        login.oidc_nonce = "NONCE";
        oauth::CallbackReply reply;
        reply.code = base::Secret("CODE");
        return flow::finish_login(provider, std::move(login), std::move(reply), sessions, ports);
    }
    bool logs_in() {
        Task<std::string> task = finish();
        try {
            return !run(task, awaits.turns).empty();
        } catch (const flow::Failure& failed) {
            failure = failed.error();
            return false;
        }
    }

    test::OpenidProvider openid;
    std::string keys = openid.jwks();
    int discovery_status = 200;
    int keys_status = 200;
    int logins = 0;
    std::string claims = R"({"iss":"https://p.example","sub":"4711","aud":"client","nonce":)"
                         R"("NONCE","iat":1700000000,"exp":1700000600})";
    oauth::Provider provider;
    flow::Issuers issuers{http, clock, awaits.turns};
    flow::Sessions sessions{store, keyring, clock, 86400};
    Error failure;
};

}  // namespace

TEST_CASE("a login at an OpenID provider uses the discovered endpoint and a nonce", "[flow]") {
    OpenidWorld world;
    session::AuthorizationContext terms;
    terms.callback_url = "https://gateway.example/oidc/callback";
    Task<flow::PreparedLogin> task = flow::prepare_login(world.provider, terms, world.ports);
    const flow::PreparedLogin begun = run(task, world.awaits.turns);
    CHECK(begun.location.starts_with("https://p.example/authorize?response_type=code&"));
    CHECK(begun.login.oidc_nonce.size() == 22);
    CHECK(begun.location.find("&nonce=" + begun.login.oidc_nonce) != std::string::npos);
}

TEST_CASE("discovery and keys are fetched once a day", "[flow]") {
    OpenidWorld world;
    REQUIRE(world.logs_in());
    REQUIRE(world.logs_in());
    CHECK(world.http.sent(kDiscovery).size() == 1);
    CHECK(world.http.sent(kKeys).size() == 1);
    world.clock.time += 24 * 60 * 60 - 1;
    world.claims = R"({"iss":"https://p.example","sub":"4711","aud":"client","nonce":"NONCE",)"
                   R"("iat":1700000000,"exp":1800000000})";
    REQUIRE(world.logs_in());
    CHECK(world.http.sent(kDiscovery).size() == 1);
    world.clock.time += 1;
    REQUIRE(world.logs_in());
    CHECK(world.http.sent(kDiscovery).size() == 2);
    CHECK(world.http.sent(kKeys).size() == 2);
}

TEST_CASE("concurrent logins share one fetch, also when its own client disconnects", "[flow]") {
    OpenidWorld world;
    test::TestDriver driver;
    Task<flow::Metadata> first = world.issuers.metadata(world.provider);
    Task<flow::Metadata> second = world.issuers.metadata(world.provider);
    first.start(driver);
    second.start(driver);
    CHECK(world.http.requests.size() == 1);

    first.reset();
    while (!second.done() && world.awaits.turns.step()) {
    }
    REQUIRE(second.done());
    CHECK(second.take()->token_url == "https://p.example/token");
    CHECK(world.http.requests.size() == 2);
}

TEST_CASE("cached discovery and keys are used while the provider is down", "[flow]") {
    OpenidWorld world;
    REQUIRE(world.logs_in());
    world.clock.time += 2 * 24 * 60 * 60;
    world.claims = R"({"iss":"https://p.example","sub":"4711","aud":"client","nonce":"NONCE",)"
                   R"("iat":1700000000,"exp":1800000000})";
    world.discovery_status = 500;
    world.keys_status = 500;
    REQUIRE(world.logs_in());
    REQUIRE(world.logs_in());
    // A failed fetch is not repeated for each login.
    CHECK(world.http.sent(kDiscovery).size() == 2);
    world.clock.time += 10;
    REQUIRE(world.logs_in());
    CHECK(world.http.sent(kDiscovery).size() == 3);
}

TEST_CASE("a provider that was never up fails every login, with few requests", "[flow]") {
    OpenidWorld world;
    world.discovery_status = 503;
    for (int i = 0; i < 5; ++i) {
        CHECK_FALSE(world.logs_in());
        CHECK(world.failure.kind == Kind::provider_unavailable);
    }
    CHECK(world.http.sent(kDiscovery).size() == 1);
    world.discovery_status = 200;
    world.clock.time += 10;
    CHECK(world.logs_in());
}

TEST_CASE("an unknown kid triggers a fetch of the keys, once a minute", "[flow]") {
    OpenidWorld world;
    REQUIRE(world.logs_in());
    world.openid = test::OpenidProvider("two");
    world.keys = world.openid.jwks();
    REQUIRE(world.logs_in());
    CHECK(world.http.sent(kKeys).size() == 2);

    world.openid = test::OpenidProvider("made-up");
    for (int i = 0; i < 5; ++i) {
        CHECK_FALSE(world.logs_in());
        CHECK(world.failure.detail == "signature");
    }
    CHECK(world.http.sent(kKeys).size() == 2);
    world.clock.time += 60;
    CHECK_FALSE(world.logs_in());
    CHECK(world.http.sent(kKeys).size() == 3);
}

TEST_CASE("no token is used before the id token is verified", "[flow]") {
    OpenidWorld world;
    world.claims = R"({"iss":"https://p.example","sub":"4711","aud":"somebody","nonce":"NONCE",)"
                   R"("iat":1700000000,"exp":1700000600})";
    CHECK_FALSE(world.logs_in());
    CHECK(world.http.sent("/userinfo").empty());
    CHECK(world.store.entries.empty());
}

TEST_CASE("a session of an OpenID provider is revoked at the discovered endpoint", "[flow]") {
    OpenidWorld world;
    session::Record record;
    record.access_token = base::Secret("ACCESS");
    Task<std::optional<Error>> task = flow::revoke(&world.provider, {}, record, world.ports);
    CHECK_FALSE(run(task, world.awaits.turns).has_value());
    CHECK(world.http.sent("https://p.example/revoke").size() == 1);

    OpenidWorld away;
    away.discovery_status = 500;
    Task<std::optional<Error>> late = flow::revoke(&away.provider, {}, record, away.ports);
    CHECK(run(late, away.awaits.turns).has_value());
}
