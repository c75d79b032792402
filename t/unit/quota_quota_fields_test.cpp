#include "quota/quota_fields.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include "catch.hpp"

using social::site::QuotaTerms;
using social::site::rate_limit_policy;
using social::site::RateLimitText;

namespace {

std::string written(RateLimitText& text, std::uint64_t remaining, std::int64_t reset) {
    std::array<char, RateLimitText::kLongest> bytes;
    return {bytes.data(), text.write(remaining, reset, bytes.data())};
}

}  // namespace

TEST_CASE("the fields name the site, its limit and what is left of it", "[quota]") {
    CHECK(rate_limit_policy({.site = "169", .limit = 1000, .length = 43200}) ==
          R"("169";q=1000;w=43200)");
    RateLimitText text("169");
    CHECK(written(text, 999, 3600) == R"("169";r=999;t=3600)");
}

TEST_CASE("what is said of one request is not said of the next", "[quota]") {
    RateLimitText text("169");
    CHECK(written(text, 999, 3600) == R"("169";r=999;t=3600)");
    CHECK(written(text, 998, 3600) == R"("169";r=998;t=3600)");
    CHECK(written(text, 7, 99) == R"("169";r=7;t=99)");
    CHECK(written(text, 1000, 86400) == R"("169";r=1000;t=86400)");
    CHECK(written(text, 1000, 0) == R"("169";r=1000;t=0)");
}

TEST_CASE("the largest numbers are written in full", "[quota]") {
    const std::string site(64, 's');
    CHECK(rate_limit_policy({.site = "a.b-c_d", .limit = 999'999'999'999'999, .length = 86400}) ==
          R"("a.b-c_d";q=999999999999999;w=86400)");
    RateLimitText text(site);
    CHECK(written(text, std::numeric_limits<std::uint64_t>::max(),
                  std::numeric_limits<std::int64_t>::max()) ==
          '"' + site + R"(";r=18446744073709551615;t=9223372036854775807)");
}

TEST_CASE("no field says less than zero", "[quota]") {
    RateLimitText text("169");
    CHECK(written(text, 0, -1) == R"("169";r=0;t=0)");
    CHECK(written(text, 0, -5) == R"("169";r=0;t=0)");
    CHECK(rate_limit_policy({.site = "169", .limit = 1, .length = -1}) == R"("169";q=1;w=0)");
}
