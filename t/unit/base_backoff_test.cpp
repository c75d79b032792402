#include "base/backoff.hpp"

#include <chrono>
#include <limits>
#include <vector>

#include "catch.hpp"

using namespace social::base;
using namespace std::chrono_literals;

TEST_CASE("a backoff doubles up to its longest wait and starts anew after a success", "[base]") {
    Backoff backoff(50ms, 500ms);
    std::vector<std::chrono::milliseconds> waits;
    for (int i = 0; i < 6; ++i) {
        waits.push_back(backoff.next());
    }
    CHECK(waits == std::vector{50ms, 100ms, 200ms, 400ms, 500ms, 500ms});
    backoff.reset();
    CHECK(backoff.next() == 50ms);
}

TEST_CASE("a backoff goes on from a count of failures that was kept elsewhere", "[base]") {
    CHECK(Backoff(2s, 300s, 0).next() == 2s);
    CHECK(Backoff(2s, 300s, 1).next() == 4s);
    CHECK(Backoff(2s, 300s, 7).next() == 256s);
    CHECK(Backoff(2s, 300s, 8).next() == 300s);
    CHECK(Backoff(2s, 300s, std::numeric_limits<std::uint32_t>::max()).next() == 300s);
}

TEST_CASE("jitter reaches both bounds and never leaves them", "[base]") {
    CHECK(jittered(50ms, 150ms, 0) == 50ms);
    CHECK(jittered(50ms, 150ms, 100) == 150ms);
    CHECK(jittered(50ms, 150ms, 101) == 50ms);
    CHECK(jittered(7s, 7s, 12345) == 7s);
    CHECK(jittered(1s, 2s, std::numeric_limits<std::uint32_t>::max()) <= 2s);
}
