#include "flow/owner.hpp"

#include "catch.hpp"

#include "flow_world.hpp"

namespace {

using namespace social;

oauth::Provider with(std::string_view type, std::string_view name, std::string_view client = "1") {
    oauth::ProviderSettings settings;
    settings.name = name;
    settings.type = type;
    settings.client_id = client;
    settings.client_secret = base::Secret("0123456789abcdef0123456789abcdef");
    settings.authorize_url = "https://provider.example/authorize";
    settings.profile_url = "https://provider.example/profile";
    settings.token_url = type == "oauth2" ? "https://" + std::string(name) + ".example/token" : "";
    settings.issuer = type == "oidc" ? "https://" + std::string(name) + ".example" : "";
    return oauth::make_provider(std::move(settings)).value();
}

std::uint64_t hash(const oauth::Provider& provider, std::string_view user) {
    return flow::owner_of(provider, user).hash;
}

}  // namespace

TEST_CASE("blocks of one Meta app share their owners", "[flow]") {
    CHECK(hash(with("facebook", "a"), "1") == hash(with("instagram", "b"), "1"));
    CHECK(hash(with("facebook", "a"), "1") == hash(with("facebook", "b"), "1"));
    CHECK(hash(with("facebook", "a"), "1") != hash(with("facebook", "a"), "2"));
    CHECK(hash(with("facebook", "a", "1"), "1") != hash(with("instagram", "a", "2"), "1"));
    CHECK(hash(with("facebook", "a"), "1") != hash(with("instagram_login", "a"), "1"));
    CHECK(hash(with("facebook", "a", "11"), "1") != hash(with("facebook", "a", "1"), "11"));
}

TEST_CASE("one client id at two authorization servers is two apps", "[flow]") {
    CHECK(hash(with("oauth2", "a"), "1") != hash(with("oauth2", "b"), "1"));
    CHECK(hash(with("oidc", "a"), "1") != hash(with("oidc", "b"), "1"));
    CHECK(hash(with("google", "a"), "1") == hash(with("google", "b"), "1"));
    CHECK(hash(with("google", "a"), "1") != hash(with("twitter_oauth2", "a"), "1"));
}

TEST_CASE("a user without an id has no owner hash", "[flow]") {
    const flow::Owner owner = flow::owner_of(with("facebook", "a"), "");
    CHECK(owner.hash == 0);
    CHECK(owner.former.empty());
}

TEST_CASE("an owner has a former hash for each block of the app", "[flow]") {
    oauth::Provider provider = with("facebook", "a");
    CHECK(flow::owner_of(provider, "1").former.size() == 1);
    provider.app_blocks = {"a", "b"};
    const flow::Owner owner = flow::owner_of(provider, "1");
    REQUIRE(owner.former.size() == 2);
    CHECK(owner.former[1] == flow::owner_of(with("instagram", "b"), "1").former.front());
    CHECK(owner.former[0] != owner.former[1]);
}
