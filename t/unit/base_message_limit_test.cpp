#include "base/message_limit.hpp"

#include <memory>
#include <optional>

#include "catch.hpp"

using social::base::MessageLimit;

namespace {

constexpr std::uint64_t kStart = 1'000'000;  // ms

struct Fixture {
    std::unique_ptr<MessageLimit::State> state = std::make_unique<MessageLimit::State>();
    MessageLimit limit{*state};
};

}  // namespace

TEST_CASE("of the messages of one incident the first is written, and the rest are counted") {
    Fixture fixture;
    CHECK(fixture.limit.admit(7, kStart) == 0U);
    for (std::uint64_t i = 1; i <= 1000; ++i) {
        CHECK_FALSE(fixture.limit.admit(7, kStart + i * 10));
    }
    CHECK(fixture.state->suppressed == 1000);
}

TEST_CASE("an incident is over when no message came for a while") {
    Fixture fixture;
    CHECK(fixture.limit.admit(7, kStart) == 0U);
    CHECK_FALSE(fixture.limit.admit(7, kStart + MessageLimit::kQuietTime - 1));
    const std::uint64_t last = kStart + 2 * MessageLimit::kQuietTime - 2;
    CHECK_FALSE(fixture.limit.admit(7, last));
    CHECK(fixture.limit.admit(7, last + MessageLimit::kQuietTime) == 2U);
}

TEST_CASE("a message that lasts is repeated once in a while, with the number of those between") {
    Fixture fixture;
    int written = 0;
    std::uint64_t suppressed = 0;
    constexpr std::uint64_t kHour = 3'600'000;
    for (std::uint64_t t = 0; t < kHour; t += 1000) {
        if (const auto admitted = fixture.limit.admit(7, kStart + t)) {
            ++written;
            suppressed += *admitted;
        }
    }
    CHECK(written == kHour / MessageLimit::kRepeatTime);
    CHECK(fixture.state->suppressed == 3600 - 60);
    CHECK(suppressed == 3600 - 60 - 59);  // those since the last line are still to be told
}

TEST_CASE("kinds of messages do not hide one another") {
    Fixture fixture;
    for (std::uint64_t kind = 0; kind < MessageLimit::kKinds; ++kind) {
        CHECK(fixture.limit.admit(100 + kind, kStart + kind) == 0U);
    }
    for (std::uint64_t kind = 0; kind < MessageLimit::kKinds; ++kind) {
        CHECK_FALSE(fixture.limit.admit(100 + kind, kStart + 100 + kind));
    }
}

TEST_CASE("more kinds than there are slots write no more lines than that") {
    Fixture fixture;
    std::size_t written = 0;
    for (std::uint64_t kind = 1; kind <= 100'000; ++kind) {
        written += fixture.limit.admit(kind, kStart + kind % 1000).has_value() ? 1 : 0;
    }
    CHECK(written == MessageLimit::kKinds);
    CHECK(fixture.limit.admit(5'000'000, kStart + 1000 + MessageLimit::kQuietTime) == 0U);
}

TEST_CASE("a clock of another process that is behind ends no incident") {
    Fixture fixture;
    CHECK(fixture.limit.admit(7, kStart) == 0U);
    CHECK_FALSE(fixture.limit.admit(7, kStart - 500));
    CHECK_FALSE(fixture.limit.admit(7, kStart + 100));
    CHECK(fixture.limit.admit(0, kStart) == 0U);  // a hash that is zero is a kind, too
    CHECK_FALSE(fixture.limit.admit(0, kStart));
}

TEST_CASE("an incident after one that was ended is written, as often as a bound allows") {
    Fixture fixture;
    std::uint32_t written = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        written += fixture.limit.admit(7, kStart + 10 * i).has_value() ? 1 : 0;
        CHECK_FALSE(fixture.limit.admit(7, kStart + 10 * i));
        fixture.limit.end_incident(7);
        fixture.limit.end_incident(8);  // of which nobody complained
    }
    CHECK(written == MessageLimit::kMaxIncidents);
    CHECK(fixture.limit.admit(7, kStart + MessageLimit::kRepeatTime));
    CHECK_FALSE(fixture.limit.admit(7, kStart + MessageLimit::kRepeatTime + 1));
    fixture.limit.end_incident(7);
    CHECK(fixture.limit.admit(7, kStart + MessageLimit::kRepeatTime + 2));
}
