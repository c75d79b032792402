#include "session/freshness.hpp"

#include <limits>
#include "catch.hpp"

using namespace social::session;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;

std::int64_t due(std::int64_t life, std::int64_t minimum_age = 0) {
    const std::int64_t at =
        refresh_time({.issued_at = kNow, .expires_at = kNow + life, .minimum_age = minimum_age});
    return at == 0 ? 0 : at - kNow;
}

}  // namespace

TEST_CASE("a token is due for a refresh in its last quarter, at most ten minutes before it expires",
          "[session]") {
    CHECK(due(8) == 6);
    CHECK(due(100) == 75);
    CHECK(due(2400) == 1800);
    CHECK(due(7200) == 6600);
    CHECK(due(5'183'944) == 5'183'344);
    CHECK(due(3) == 3);
}

TEST_CASE("a token without expiry or with an invalid one is never refreshed", "[session]") {
    CHECK(refresh_time({.issued_at = kNow, .expires_at = 0}) == 0);
    CHECK(due(0) == 0);
    CHECK(due(-1) == 0);
}

TEST_CASE("a token is not refreshed before its minimum age", "[session]") {
    CHECK(due(5'183'944, 86400) == 5'183'344);
    CHECK(due(86500, 86400) == 86400);
    CHECK(due(86400, 86400) == 0);
    CHECK(due(3600, 86400) == 0);
}

TEST_CASE("the retry delay grows exponentially with 50 % jitter", "[session]") {
    const auto delay = [](std::uint32_t failures, std::uint32_t chance, std::int64_t asked = 0) {
        return retry_time(
                   {.now = kNow, .failures = failures, .retry_after = asked, .chance = chance}) -
               kNow;
    };
    std::int64_t least = 1;
    for (std::uint32_t failures = 1; failures <= 8; ++failures) {
        std::int64_t first = std::numeric_limits<std::int64_t>::max();
        std::int64_t last = 0;
        for (std::uint32_t chance = 0; chance < 1000; ++chance) {
            first = std::min(first, delay(failures, chance));
            last = std::max(last, delay(failures, chance));
        }
        CHECK(first == std::min<std::int64_t>(least, 150));
        CHECK(last == std::min<std::int64_t>(least * 2, 300));
        least *= 2;
    }
    CHECK(delay(1000, std::numeric_limits<std::uint32_t>::max()) <= 300);
    CHECK(delay(0, 0) == 1);
}

TEST_CASE("the retry delay honors Retry-After up to a day", "[session]") {
    const auto delay = [](std::int64_t asked) {
        return retry_time({.now = kNow, .failures = 1, .retry_after = asked, .chance = 0}) - kNow;
    };
    CHECK(delay(60) == 60);
    CHECK(delay(1) == 1);
    CHECK(delay(-5) == 1);
    CHECK(delay(std::numeric_limits<std::int64_t>::max()) == 86400);
}

TEST_CASE("expiry and refresh time of a token are independent", "[session]") {
    Record record;
    CHECK(has_valid_token(record, kNow));
    CHECK_FALSE(needs_refresh(record, kNow));
    CHECK(is_fresh(record, kNow));

    record.token_expires_at = kNow + 100;
    record.refresh_at = kNow + 75;
    CHECK(is_fresh(record, kNow + 74));
    CHECK(has_valid_token(record, kNow + 99));
    CHECK(needs_refresh(record, kNow + 75));
    CHECK_FALSE(is_fresh(record, kNow + 75));
    CHECK_FALSE(has_valid_token(record, kNow + 100));

    // Backoff with an expired token.
    record.refresh_at = kNow + 200;
    CHECK_FALSE(needs_refresh(record, kNow + 150));
    CHECK_FALSE(is_fresh(record, kNow + 150));
}
