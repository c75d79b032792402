#include "site/quota_fields.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>

using social::site::QuotaReading;
using social::site::rate_limit_policy;

namespace {

std::string rate_limit(const QuotaReading& reading) {
    std::array<char, social::site::kLongestRateLimit> text;
    return {text.data(), social::site::write_rate_limit(reading, text.data())};
}

}  // namespace

TEST_CASE("the fields name the site, its limit and what is left of it") {
    const QuotaReading reading{
        .site = "169", .limit = 1000, .remaining = 999, .length = 43200, .reset = 3600};
    CHECK(rate_limit_policy(reading) == R"("169";q=1000;w=43200)");
    CHECK(rate_limit(reading) == R"("169";r=999;t=3600)");
}

TEST_CASE("the largest limit that the configuration takes is written in full") {
    const QuotaReading reading{.site = "a.b-c_d",
                               .limit = 999'999'999'999'999,
                               .remaining = 999'999'999'999'999,
                               .length = 86400,
                               .reset = 1};
    CHECK(rate_limit_policy(reading) == R"("a.b-c_d";q=999999999999999;w=86400)");
    CHECK(rate_limit(reading) == R"("a.b-c_d";r=999999999999999;t=1)");
}

TEST_CASE("no field says less than zero") {
    const QuotaReading reading{
        .site = "169", .limit = 1, .remaining = 0, .length = 86400, .reset = -1};
    CHECK(rate_limit(reading) == R"("169";r=0;t=0)");
}
