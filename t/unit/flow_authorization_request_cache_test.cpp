#include "flow/authorization_request_cache.hpp"

#include <string>
#include "catch.hpp"

#include "flow_world.hpp"
#include "site/origin.hpp"

using namespace social;
using flow::AuthorizationRequestCache;
using test::stock_provider;

namespace {

constexpr std::string_view kGateway = "https://gateway.example";

site::Registry registry() {
    site::Registry sites;
    for (const char* name : {"one", "other"}) {
        site::Site made;
        made.id = name;
        made.origins.push_back(
            site::parse_origin("https://" + std::string(name) + ".example").value());
        REQUIRE(sites.add(std::move(made)));
    }
    return sites;
}

struct Starts {
    const site::Registry sites = registry();
    const oauth::Provider facebook = stock_provider("facebook");
    const oauth::Provider twitter = stock_provider("twitter_oauth2");
    AuthorizationRequestCache starts{sites};

    Result<const flow::AuthorizationTemplate*> find(const std::string& query,
                                                    std::string_view public_url = kGateway) {
        return starts.find({.provider = facebook, .public_url = public_url, .query = query});
    }
};

std::string query(const std::string& url) {
    return "redirectUrl=" + url;
}

}  // namespace

TEST_CASE("an authorization request is cached by its query", "[flow]") {
    Starts world;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 3 * static_cast<int>(AuthorizationRequestCache::kSlots); ++i) {
            const std::string host = i % 2 == 0 ? "one" : "other";
            const std::string url = "https://" + host + ".example/" + std::to_string(i % 2000);
            const auto found = world.find(query(url));
            REQUIRE(found);
            REQUIRE((*found)->site().id == host);
            REQUIRE((*found)->terms().site == host);
            REQUIRE((*found)->terms().return_to == url);
        }
    }
}

TEST_CASE("authorization requests with one redirectUrl differ by provider and public URL",
          "[flow]") {
    Starts world;
    const std::string same = query("https://one.example/");
    for (int round = 0; round < 2; ++round) {
        for (const oauth::Provider* provider : {&world.facebook, &world.twitter}) {
            for (const std::string host : {"a.example", "b.example"}) {
                const auto found = world.starts.find(
                    {.provider = *provider, .public_url = "https://" + host, .query = same});
                REQUIRE(found);
                const session::AuthorizationContext& terms = (*found)->terms();
                CHECK(terms.provider == provider->name);
                CHECK(terms.callback_url == "https://" + host + "/" + provider->name + "/callback");
                session::AuthorizationState login;
                login.id = "I";
                login.nonce = "N";
                CHECK((*found)->authorization().url(login) ==
                      oauth::AuthorizationRequest(*provider, terms.callback_url).url(login));
            }
        }
    }
}

TEST_CASE("a provider's callback URL overrides that of the gateway", "[flow]") {
    Starts world;
    oauth::Provider provider = world.facebook;
    provider.callback_url = "https://callback.example/x";
    const std::string good = query("https://one.example/");
    const auto found =
        world.starts.find({.provider = provider, .public_url = kGateway, .query = good});
    REQUIRE(found);
    CHECK((*found)->terms().callback_url == "https://callback.example/x");
    // Pages would have links that lead nowhere.
    CHECK_FALSE(world.starts.find({.provider = provider, .public_url = "no URL", .query = good}));
}

TEST_CASE("a redirectUrl of no site is refused each time, also next to a cached one", "[flow]") {
    Starts world;
    const std::string good = query("https://one.example/");
    for (int round = 0; round < 2; ++round) {
        CHECK(world.find(good));
        for (const char* bad :
             {"", "redirectUrl=", "redirectUrl=https://evil.example/",
              "redirectUrl=https://one.example/&redirectUrl=https://evil.example/",
              "redirectUrl=https://one.example/%00", "redirecturl=https://one.example/"}) {
            const auto refused = world.find(bad);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().kind == Kind::wrong_site);
        }
        CHECK_FALSE(world.find(good + "\\"));
    }
}

TEST_CASE("an invalid public URL is refused each time, also next to a valid one", "[flow]") {
    Starts world;
    const std::string good = query("https://one.example/");
    for (int round = 0; round < 2; ++round) {
        CHECK(world.find(good));
        for (const char* bad : {"", "https://", "https://a b", "https://gateway.example?x"}) {
            const auto refused = world.find(good, bad);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().kind == Kind::bad_request);
            CHECK(refused.error().what == "Host header required");
        }
    }
}

TEST_CASE("a query that is too long for the cache is validated each time", "[flow]") {
    Starts world;
    const std::string path(AuthorizationRequestCache::kLongest, 'a');
    for (int round = 0; round < 2; ++round) {
        const auto found = world.find(query("https://one.example/" + path));
        REQUIRE(found);
        CHECK((*found)->terms().return_to == "https://one.example/" + path);
        CHECK_FALSE(world.find(query("https://evil.example/" + path)));
        CHECK((*world.find(query("https://other.example/" + path)))->site().id == "other");
    }
}
