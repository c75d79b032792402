#include "site/registry.hpp"

#include <string>
#include <utility>
#include <vector>
#include "catch.hpp"
#include "cpu_time.hpp"

#include "site/origin.hpp"

using namespace social;
using namespace social::site;

namespace {

Site made_site(std::string id, const std::vector<std::string>& origins) {
    Site made{.id = id, .origins = {}, .place = "nginx.conf:" + id};
    for (const std::string& origin : origins) {
        made.origins.push_back(*parse_origin(origin));
    }
    return made;
}

std::string owner(const Registry& registry, std::string_view url) {
    const auto parsed = parse_redirect_url(url);
    REQUIRE(parsed);
    const Site* found = registry.match(*parsed);
    return found == nullptr ? "" : found->id;
}

// Whether two sites with these origins may stand beside each other, in both orders.
bool overlap(const std::string& a, const std::string& b) {
    Registry forward;
    REQUIRE(forward.add(made_site("1", {a})));
    const auto second = forward.add(made_site("2", {b}));
    Registry backward;
    REQUIRE(backward.add(made_site("2", {b})));
    const bool same_backward = !backward.add(made_site("1", {a}));
    CHECK(same_backward == !second);
    if (!second) {
        CHECK(second.error().kind == Kind::bad_request);
        CHECK_THAT(second.error().detail, Catch::Contains("nginx.conf:1") &&
                                              Catch::Contains("nginx.conf:2") &&
                                              Catch::Contains(to_text(*parse_origin(a))) &&
                                              Catch::Contains(to_text(*parse_origin(b))));
        CHECK(forward.size() == 1);
        CHECK(forward.find("2") == nullptr);
    }
    return !second;
}

double seconds_since(double start) {
    return social::test::cpu_seconds() - start;
}

}  // namespace

TEST_CASE("a site is found by its id and by its redirectUrl", "[site]") {
    Registry registry;
    REQUIRE(registry.add(made_site(
        "169", {"https://mysite.example", "https://*.tenants.example", "http://localhost:8080"})));
    REQUIRE(
        registry.add(made_site("170", {"https://shared.example/a", "https://deep.example/x/y"})));
    REQUIRE(registry.add(made_site("171", {"https://shared.example/b/"})));
    CHECK(registry.size() == 3);
    REQUIRE(registry.find("169") != nullptr);
    CHECK(registry.find("169")->place == "nginx.conf:169");
    CHECK(registry.find("1699") == nullptr);
    CHECK(registry.find("") == nullptr);

    CHECK(owner(registry, "https://MYSITE.example:443/x?y#z") == "169");
    CHECK(owner(registry, "https://a.tenants.example/") == "169");
    CHECK(owner(registry, "http://localhost:8080") == "169");
    CHECK(owner(registry, "https://shared.example/a/x") == "170");
    CHECK(owner(registry, "https://shared.example/b") == "171");
    CHECK(owner(registry, "https://deep.example/x/y/z") == "170");

    for (const std::string_view stranger :
         {"http://mysite.example/", "https://mysite.example:8443/", "https://a.b.tenants.example/",
          "https://tenants.example/", "https://shared.example/", "https://shared.example/ab",
          "https://shared.example/c", "https://deep.example/x", "https://deep.example/x/yy",
          "https://deep.example//x/y", "https://localhost:8080/",
          "https://mysite.example.evil.com/", "https://evil/"}) {
        CHECK(owner(registry, stranger).empty());
    }
}

TEST_CASE("pointers to sites survive a move of the registry", "[site]") {
    Registry first;
    REQUIRE(first.add(made_site("1", {"https://a.example"})));
    const Site* before = first.find("1");
    const Registry second = std::move(first);
    CHECK(second.find("1") == before);
    CHECK(owner(second, "https://a.example/") == "1");
}

TEST_CASE("origins of two sites that overlap are refused with both places", "[site]") {
    CHECK(overlap("https://a.example", "https://a.example"));
    CHECK(overlap("https://a.example", "https://A.example:443/"));
    CHECK(overlap("https://a.example", "https://a.example/app"));
    CHECK(overlap("https://a.example/app", "https://a.example/app/"));
    CHECK(overlap("https://a.example/app", "https://a.example/app/x/y"));
    CHECK(overlap("https://*.example", "https://*.example/x"));
    CHECK(overlap("https://*.example", "https://a.example"));
    CHECK(overlap("https://*.example/x", "https://a.example"));
    CHECK(overlap("https://*.example", "https://a.example/x/y"));
    CHECK(overlap("https://*.example/x", "https://a.example/x"));
}

TEST_CASE("origins that only look alike stand beside each other", "[site]") {
    CHECK_FALSE(overlap("https://a.example", "http://a.example"));
    CHECK_FALSE(overlap("https://a.example", "https://a.example:8443"));
    CHECK_FALSE(overlap("https://a.example:80", "http://a.example:80"));
    CHECK_FALSE(overlap("https://a.example/app", "https://a.example/application"));
    CHECK_FALSE(overlap("https://a.example/app/x", "https://a.example/app/y"));
    CHECK_FALSE(overlap("https://*.example", "https://example"));
    CHECK_FALSE(overlap("https://*.example", "https://a.b.example"));
    CHECK_FALSE(overlap("https://*.example/x", "https://a.example/y"));
    CHECK_FALSE(overlap("https://*.example", "https://*.b.example"));
    CHECK_FALSE(overlap("https://*.example", "https://a.example:444"));
}

TEST_CASE("a third site cannot hide behind a harmless overlap of the first two", "[site]") {
    Registry registry;
    REQUIRE(registry.add(made_site("1", {"https://*.example", "https://a.example"})));
    CHECK_FALSE(registry.add(made_site("2", {"https://b.example"})));
    REQUIRE(registry.add(made_site("3", {"https://x.other"})));
    REQUIRE(registry.add(made_site("4", {"https://y.other"})));
    CHECK_FALSE(registry.add(made_site("5", {"https://*.other"})));
    // A site with a claim of its own under the wildcard still meets the other owner.
    CHECK_FALSE(registry.add(made_site("6", {"https://z.other", "https://*.other"})));
    CHECK(registry.size() == 3);
}

TEST_CASE("origins of one site may overlap but not repeat", "[site]") {
    Registry registry;
    CHECK(registry.add(
        made_site("1", {"https://a.example", "https://a.example/app", "https://*.example"})));
    CHECK(owner(registry, "https://a.example/app/x") == "1");
    CHECK(owner(registry, "https://b.example/app/x") == "1");
    const auto twice = registry.add(made_site("2", {"https://b.other", "https://B.other:443/"}));
    REQUIRE_FALSE(twice);
    CHECK_THAT(twice.error().detail, Catch::Contains("https://b.other of site 2"));
}

TEST_CASE("a refused site leaves nothing behind", "[site]") {
    Registry registry;
    REQUIRE(registry.add(made_site("1", {"https://a.example"})));
    CHECK_FALSE(registry.add(made_site("2", {"https://b.example", "https://a.example"})));
    CHECK(owner(registry, "https://b.example/").empty());
    CHECK(registry.add(made_site("3", {"https://b.example"})));
}

TEST_CASE("an id belongs to one site and is plain", "[site]") {
    Registry registry;
    REQUIRE(registry.add(made_site("169", {"https://a.example"})));
    const auto twice = registry.add(made_site("169", {"https://b.example"}));
    REQUIRE_FALSE(twice);
    CHECK_THAT(twice.error().detail, Catch::Contains("nginx.conf:169"));
    for (const std::string id : {"", "a b", "a:b", "a\"b", "a\nb", "\xc3\xa9", "a/b"}) {
        CAPTURE(id);
        CHECK_FALSE(registry.add(made_site(id, {"https://c.example"})));
    }
    CHECK_FALSE(registry.add(made_site(std::string(65, 'a'), {"https://c.example"})));
    CHECK(registry.add(made_site("My-site_1.example", {"https://c.example"})));
}

TEST_CASE("a site without an origin is refused", "[site]") {
    Registry registry;
    const auto none = registry.add(made_site("1", {}));
    REQUIRE_FALSE(none);
    CHECK_THAT(std::string(none.error().what), Catch::Contains("no origin"));
}

TEST_CASE("an oversized URL matches nothing", "[site]") {
    Registry registry;
    REQUIRE(registry.add(made_site("1", {"https://a.example"})));
    RedirectUrl url;
    url.scheme = "https";
    url.host = std::string(100'000, 'a');
    url.port = "443";
    url.path = "/";
    CHECK(registry.match(url) == nullptr);
    url.host = "b.example";
    url.path = '/' + std::string(100'000, 'a');
    CHECK(registry.match(url) == nullptr);
}

TEST_CASE("a hundred thousand sites load quickly and are found as fast as one", "[site]") {
    constexpr int kSites = 100'000;
    const auto fill = [](Registry& registry, int count) {
        for (int i = 0; i < count; ++i) {
            const auto number = std::to_string(i);
            // Own hosts, tenants of one host and paths of one host, mixed.
            const std::string origin = i % 3 == 0   ? "https://site" + number + ".example"
                                       : i % 3 == 1 ? "https://t" + number + ".shared.example"
                                                    : "https://paths.example/app" + number;
            if (!registry.add(made_site(number, {origin}))) {
                FAIL("site " << number << " was refused");
            }
        }
    };
    const auto seconds_for_lookups = [](const Registry& registry) {
        const auto url = parse_redirect_url("https://site0.example/cb?x=1");
        const auto stranger =
            parse_redirect_url("https://paths.example/none/" + std::string(1000, '/'));
        REQUIRE(stranger);
        const double start = social::test::cpu_seconds();
        int found = 0;
        for (int i = 0; i < kSites; ++i) {
            found += registry.match(*url) != nullptr ? 1 : 0;
            found += registry.match(*stranger) != nullptr ? 1 : 0;
            found += registry.find("0") != nullptr ? 1 : 0;
        }
        CHECK(found == 2 * kSites);
        return seconds_since(start);
    };

    Registry one;
    fill(one, 3);
    Registry many;
    const double start = social::test::cpu_seconds();
    fill(many, kSites);
    const double load = seconds_since(start);
    CHECK(many.size() == kSites);
    CHECK(owner(many, "https://t1.shared.example/") == "1");
    CHECK(owner(many, "https://paths.example/app99998/x") == "99998");
    INFO("loaded in " << load << " s");
    CHECK(load < 10.0);  // far under a second without sanitizers and on an idle machine

    const double few_lookups = seconds_for_lookups(one);
    const double many_lookups = seconds_for_lookups(many);
    INFO(few_lookups << " s among 3 sites, " << many_lookups << " s among 100,000");
    CHECK(many_lookups < 20 * few_lookups + 0.2);  // a search through all sites would take minutes
}
