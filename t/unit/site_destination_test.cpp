#include "site/destination.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "site/origin.hpp"

using namespace social;
using site::Destinations;

namespace {

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

std::string query(const std::string& url) {
    return "redirectUrl=" + url;
}

}  // namespace

TEST_CASE("a destination that was admitted is found again, and each by its own query") {
    const site::Registry sites = registry();
    Destinations destinations(sites);
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 3 * static_cast<int>(Destinations::kPlaces); ++i) {
            const std::string host = i % 2 == 0 ? "one" : "other";
            const std::string url = "https://" + host + ".example/" + std::to_string(i % 2000);
            const auto found = destinations.find(query(url));
            REQUIRE(found);
            REQUIRE((*found)->site->id == host);
            REQUIRE((*found)->return_to == url);
        }
    }
}

TEST_CASE("what is of no site is refused each time, also next to what is admitted") {
    const site::Registry sites = registry();
    Destinations destinations(sites);
    const std::string good = query("https://one.example/");
    for (int round = 0; round < 2; ++round) {
        CHECK(destinations.find(good));
        for (const char* bad :
             {"", "redirectUrl=", "redirectUrl=https://evil.example/",
              "redirectUrl=https://one.example/&redirectUrl=https://evil.example/",
              "redirectUrl=https://one.example/%00", "redirecturl=https://one.example/"}) {
            const auto refused = destinations.find(bad);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().kind == Kind::wrong_site);
        }
        CHECK_FALSE(destinations.find(good + "\\"));
    }
}

TEST_CASE("a query that is too long to be remembered is judged each time") {
    const site::Registry sites = registry();
    Destinations destinations(sites);
    const std::string path(Destinations::kLongest, 'a');
    for (int round = 0; round < 2; ++round) {
        const auto found = destinations.find(query("https://one.example/" + path));
        REQUIRE(found);
        CHECK((*found)->return_to == "https://one.example/" + path);
        CHECK_FALSE(destinations.find(query("https://evil.example/" + path)));
        CHECK((*destinations.find(query("https://other.example/" + path)))->site->id == "other");
    }
}
