#include "store/quota_reserve.hpp"

#include "catch.hpp"

using social::flow::QuotaUse;
using social::store::QuotaReserve;
using Verdict = QuotaReserve::Verdict;

namespace {

QuotaReserve in_window(std::int64_t ends_at = 1000) {
    QuotaReserve reserve;
    reserve.enter(QuotaUse{.counter = "c", .limit = 100, .now = 0, .ends_at = ends_at});
    return reserve;
}

}  // namespace

TEST_CASE("a quiet site is counted use by use", "[store]") {
    QuotaReserve reserve = in_window();
    for (QuotaReserve::Milliseconds now = 0; now < 1000; now += 100) {
        CHECK(reserve.consume(now) == Verdict::ask);
        CHECK(reserve.wanted(1, now) == 1);
        const auto admitted = static_cast<std::uint64_t>(now / 100 + 1);
        reserve.add({.granted = 1, .needed = 1, .admitted = admitted}, now);
        CHECK(reserve.consume(now) == Verdict::admitted);
        CHECK(reserve.count() == admitted);
        CHECK(reserve.held() == 0);
        CHECK_FALSE(reserve.runs_low());
    }
}

TEST_CASE("a busy site gets blocks of a part of what came in the last moment", "[store]") {
    QuotaReserve reserve = in_window();
    const auto use = [&reserve](std::uint64_t count) {
        reserve.add({.granted = count, .needed = 0, .admitted = 0}, 100);
        for (std::uint64_t i = 0; i < count; ++i) {
            CHECK(reserve.consume(100) == Verdict::admitted);
        }
    };
    CHECK(reserve.wanted(1, 100) == 1);
    use(31);
    CHECK(reserve.wanted(1, 149) == 1);
    CHECK(reserve.wanted(1, 150) == 1);
    use(40);
    CHECK(reserve.wanted(1, 200) == 10);
    CHECK(reserve.wanted(12, 201) == 12);
    CHECK(reserve.runs_low());
    use(100'000);
    CHECK(reserve.wanted(1, 250) == 4096);
    use(1000);
    CHECK(reserve.wanted(1, 350) == 1);  // it has been quiet since
    CHECK_FALSE(reserve.runs_low());
}

TEST_CASE("a site that is busy all at once gets blocks before the moment is over", "[store]") {
    QuotaReserve reserve = in_window();
    const auto use = [&reserve](std::uint64_t count) {
        reserve.add({.granted = count, .needed = count, .admitted = count}, 100);
        for (std::uint64_t i = 0; i < count; ++i) {
            CHECK(reserve.consume(100) == Verdict::admitted);
        }
    };
    CHECK(reserve.wanted(31, 100) == 31);
    use(31);
    CHECK(reserve.wanted(1, 101) == 1);
    CHECK_FALSE(reserve.runs_low());
    use(1);
    CHECK(reserve.wanted(1, 102) == 8);
    CHECK(reserve.runs_low());
    use(328);
    CHECK(reserve.wanted(1, 149) == 90);
    CHECK(reserve.wanted(1, 150) == 90);  // and the moment is over
    CHECK(reserve.wanted(1, 199) == 90);
    CHECK(reserve.wanted(1, 200) == 1);
}

TEST_CASE("what was granted is spent without asking, and counted", "[store]") {
    QuotaReserve reserve = in_window();
    static_cast<void>(reserve.wanted(1, 0));
    reserve.add({.granted = 4, .needed = 1, .admitted = 11}, 0);
    for (std::uint64_t count = 11; count <= 14; ++count) {
        CHECK(reserve.consume(1) == Verdict::admitted);
        CHECK(reserve.count() == count);
    }
    CHECK(reserve.consume(1) == Verdict::ask);
}

TEST_CASE("uses that are spent while Redis is asked are in the count", "[store]") {
    QuotaReserve reserve = in_window();
    static_cast<void>(reserve.wanted(1, 0));
    reserve.add({.granted = 4, .needed = 1, .admitted = 1}, 0);
    CHECK(reserve.consume(1) == Verdict::admitted);
    static_cast<void>(reserve.wanted(0, 2));  // Redis hears of three held uses
    CHECK(reserve.consume(3) == Verdict::admitted);
    CHECK(reserve.consume(3) == Verdict::admitted);
    reserve.add({.granted = 8, .needed = 0, .admitted = 1}, 4);
    CHECK(reserve.count() == 3);
    CHECK(reserve.held() == 9);
}

TEST_CASE("what is not needed is given back, and what was spent before is kept once", "[store]") {
    QuotaReserve reserve = in_window();
    static_cast<void>(reserve.wanted(1, 0));
    reserve.add({.granted = 10, .needed = 1, .admitted = 1}, 0);
    CHECK(reserve.consume(1) == Verdict::admitted);
    CHECK(reserve.consume(1) == Verdict::admitted);
    CHECK(reserve.tick(50) == 6);
    CHECK(reserve.held() == 2);
    CHECK(reserve.tick(100) == 2);
    CHECK(reserve.held() == 0);
    CHECK(reserve.tick(150) == 0);
    CHECK(reserve.count() == 2);
}

TEST_CASE("what Redis has not heard of for long is given back though it is being spent",
          "[store]") {
    QuotaReserve reserve = in_window();
    static_cast<void>(reserve.wanted(1, 0));
    reserve.add({.granted = 10, .needed = 1, .admitted = 1}, 0);
    CHECK(reserve.consume(499) == Verdict::admitted);
    CHECK(reserve.tick(500) == 9);
}

TEST_CASE("once nothing is left it is not asked for again at once", "[store]") {
    QuotaReserve reserve = in_window();
    reserve.exhaust(1000);
    CHECK(reserve.consume(1499) == Verdict::refused);
    CHECK(reserve.consume(1500) == Verdict::ask);
    reserve.exhaust(1500);
    reserve.add({.granted = 1, .needed = 1, .admitted = 100}, 1600);
    CHECK(reserve.consume(1600) == Verdict::admitted);
}

TEST_CASE("another window begins with nothing", "[store]") {
    QuotaReserve reserve = in_window(1000);
    reserve.add({.granted = 10, .needed = 1, .admitted = 90}, 0);
    reserve.enter(QuotaUse{.counter = "c", .limit = 100, .now = 1000, .ends_at = 1000});
    CHECK(reserve.held() == 10);
    reserve.enter(QuotaUse{.counter = "c", .limit = 100, .now = 1000, .ends_at = 2000});
    CHECK(reserve.held() == 0);
    CHECK(reserve.count() == 0);
    CHECK(reserve.consume(1) == Verdict::ask);
}

TEST_CASE("at the end everything is given back", "[store]") {
    QuotaReserve reserve = in_window();
    reserve.add({.granted = 10, .needed = 0, .admitted = 0}, 0);
    CHECK(reserve.take_all() == 10);
    CHECK(reserve.held() == 0);
}

TEST_CASE("a limit that a reload has changed begins anew, and the same one does not", "[store]") {
    QuotaReserve reserve = in_window();
    reserve.add({.granted = 5, .needed = 0, .admitted = 0}, 0);
    reserve.enter(QuotaUse{.counter = "c", .limit = 100, .now = 0, .ends_at = 1000});
    CHECK(reserve.held() == 5);
    reserve.enter(QuotaUse{.counter = "c", .limit = 50, .now = 0, .ends_at = 1000});
    CHECK(reserve.held() == 0);
    CHECK(reserve.use().limit == 50);
    CHECK(reserve.consume(0) == Verdict::ask);
}

TEST_CASE("a quota that was exhausted is asked for again once it has given something", "[store]") {
    QuotaReserve reserve = in_window();
    reserve.exhaust(0);
    CHECK(reserve.consume(1) == Verdict::refused);
    reserve.add({.granted = 1, .needed = 1, .admitted = 1}, 1);
    CHECK(reserve.consume(1) == Verdict::admitted);
    CHECK(reserve.consume(1) == Verdict::ask);
}
