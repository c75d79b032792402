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

TEST_CASE("the message limit writes the first message of an incident and counts the others",
          "[base]") {
    Fixture fixture;
    CHECK(fixture.limit.admit(7, kStart) == 0U);
    for (std::uint64_t i = 1; i <= 1000; ++i) {
        CHECK_FALSE(fixture.limit.admit(7, kStart + i * 10));
    }
    CHECK(fixture.state->suppressed == 1000);
}

TEST_CASE("an incident is over after a quiet time", "[base]") {
    Fixture fixture;
    CHECK(fixture.limit.admit(7, kStart) == 0U);
    CHECK_FALSE(fixture.limit.admit(7, kStart + MessageLimit::kQuietTime - 1));
    const std::uint64_t last = kStart + 2 * MessageLimit::kQuietTime - 2;
    CHECK_FALSE(fixture.limit.admit(7, last));
    CHECK(fixture.limit.admit(7, last + MessageLimit::kQuietTime) == 2U);
}

TEST_CASE("a lasting message is repeated with the number of suppressed ones", "[base]") {
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
    CHECK(suppressed == 3600 - 60 - 59);  // those after the last written one are not reported yet
}

TEST_CASE("kinds of messages are limited independently", "[base]") {
    Fixture fixture;
    for (std::uint64_t kind = 0; kind < MessageLimit::kKinds; ++kind) {
        CHECK(fixture.limit.admit(100 + kind, kStart + kind) == 0U);
    }
    for (std::uint64_t kind = 0; kind < MessageLimit::kKinds; ++kind) {
        CHECK_FALSE(fixture.limit.admit(100 + kind, kStart + 100 + kind));
    }
}

TEST_CASE("message kinds beyond the slots are not written", "[base]") {
    Fixture fixture;
    std::size_t written = 0;
    for (std::uint64_t kind = 1; kind <= 100'000; ++kind) {
        written += fixture.limit.admit(kind, kStart + kind % 1000).has_value() ? 1 : 0;
    }
    CHECK(written == MessageLimit::kKinds);
    CHECK(fixture.limit.admit(5'000'000, kStart + 1000 + MessageLimit::kQuietTime) == 0U);
}

TEST_CASE("an incident survives a message with an earlier clock", "[base]") {
    Fixture fixture;
    CHECK(fixture.limit.admit(7, kStart) == 0U);
    CHECK_FALSE(fixture.limit.admit(7, kStart - 500));
    CHECK_FALSE(fixture.limit.admit(7, kStart + 100));
    CHECK(fixture.limit.admit(0, kStart) == 0U);  // zero is a valid hash
    CHECK_FALSE(fixture.limit.admit(0, kStart));
}

TEST_CASE("incidents after an ended one are written up to a bound", "[base]") {
    Fixture fixture;
    std::uint32_t written = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        written += fixture.limit.admit(7, kStart + 10 * i).has_value() ? 1 : 0;
        CHECK_FALSE(fixture.limit.admit(7, kStart + 10 * i));
        fixture.limit.end_incident(7);
        fixture.limit.end_incident(8);  // a kind without messages
    }
    CHECK(written == MessageLimit::kMaxIncidents);
    CHECK(fixture.limit.admit(7, kStart + MessageLimit::kRepeatTime));
    CHECK_FALSE(fixture.limit.admit(7, kStart + MessageLimit::kRepeatTime + 1));
    fixture.limit.end_incident(7);
    CHECK(fixture.limit.admit(7, kStart + MessageLimit::kRepeatTime + 2));
}
