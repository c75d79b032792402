// A worker's local share of a distributed quota. It acquires blocks of uses from Redis, serves
// requests from them without a round trip, and returns unspent uses soon. A busy site needs one
// round trip for many requests, and the limit is never exceeded.
//
// A block is as large as the pending demand, so a quiet site is counted per request. For a busy
// site it is a fraction of the uses in the last or the current tick. Pure: callers pass the time.
#pragma once

#include <cstdint>

#include "flow/quota_counter.hpp"

namespace social::store {

class QuotaReserve {
public:
    using Milliseconds = std::int64_t;  // of any monotonic clock

    // The interval of tick() while uses are held.
    static constexpr Milliseconds kTick = 50;

    // Resets the share if the window or the limit changed. Held uses are lost.
    void enter(const flow::QuotaUse& use) noexcept;

    // Spends a held use. Without one, it refuses after exhaust(); otherwise the caller asks Redis.
    enum class Verdict : std::uint8_t { admitted, refused, ask };
    [[nodiscard]] Verdict consume(Milliseconds now) noexcept;

    // The number of uses to request from Redis, at least `needed`.
    [[nodiscard]] std::uint64_t wanted(std::uint64_t needed, Milliseconds now) noexcept;

    // Adds a block that Redis granted.
    struct QuotaBlock {
        std::uint64_t granted = 0;
        std::uint64_t needed = 0;    // the argument of wanted()
        std::uint64_t admitted = 0;  // in the window, by all workers, including the needed ones
    };
    void add(const QuotaBlock& grant, Milliseconds now) noexcept;

    // The quota is exhausted: consume() refuses without a round trip for a short time.
    void exhaust(Milliseconds now) noexcept;

    // True if the next block should be requested in advance.
    [[nodiscard]] bool runs_low() const noexcept { return block_ > 1 && held_ * 2 <= block_; }

    // Removes the uses that exceed the demand of the last tick. The caller returns them to Redis.
    [[nodiscard]] std::uint64_t tick(Milliseconds now) noexcept;
    // Removes all held uses, at exit or eviction.
    [[nodiscard]] std::uint64_t take_all() noexcept;

    [[nodiscard]] std::uint64_t held() const noexcept { return held_; }
    // Requests admitted in the window: by all workers as of the last reply, and by this one since.
    [[nodiscard]] std::uint64_t count() const noexcept { return admitted_; }
    [[nodiscard]] const flow::QuotaUse& use() const noexcept { return use_; }

private:
    [[nodiscard]] static std::uint64_t block_for(std::uint64_t uses) noexcept;

    static constexpr std::uint64_t kBusy = 32;         // uses in one tick from which a site is busy
    static constexpr std::uint64_t kBlocksOfTick = 4;  // blocks per tick of a busy site
    static constexpr std::uint64_t kLargestBlock = 4096;
    static constexpr Milliseconds kRemembered = 500;  // time for which exhaustion is cached
    static constexpr Milliseconds kSilence = 500;     // idle time until all uses are returned

    flow::QuotaUse use_;
    std::uint64_t held_ = 0;
    std::uint64_t admitted_ = 0;
    std::uint64_t block_ = 1;
    std::uint64_t recent_ = 0;  // uses since recent_since_
    Milliseconds recent_since_ = 0;
    std::uint64_t spent_ = 0;              // since the last tick
    std::uint64_t spent_since_asked_ = 0;  // not included in the last request
    Milliseconds asked_at_ = 0;
    Milliseconds refused_until_ = 0;
};

}  // namespace social::store
