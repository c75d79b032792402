// What one worker holds of one quota that all instances share. Uses are fetched from Redis in
// blocks, spent here without asking anybody, and given back when they are not spent soon: so
// a busy site costs one round trip for many requests, and never more than the limit pass.
//
// A block is what is needed at once, so that a quiet site is counted to the request; only where
// uses come by the hundred in a second it is a part of what came in the last moment, or has come
// in this one already. Pure: time is passed in.
#pragma once

#include <cstdint>

#include "flow/quota_counter.hpp"

namespace social::store {

class QuotaReserve {
public:
    using Milliseconds = std::int64_t;  // of any clock that only goes forward

    // How often tick() is to be called while anything is held.
    static constexpr Milliseconds kTick = 50;

    // Begins anew where the window is another one, or the limit: what is held of the old is lost.
    void enter(const flow::QuotaUse& use) noexcept;

    // Spends a held use, or refuses while it is known that none is left; Nothing otherwise: ask.
    enum class Verdict : std::uint8_t { admitted, refused, ask };
    [[nodiscard]] Verdict spend(Milliseconds now) noexcept;

    // How many uses to ask for, of which `needed` are needed at once.
    [[nodiscard]] std::uint64_t wanted(std::uint64_t needed, Milliseconds now) noexcept;

    // What Redis granted. spend() then has it.
    struct Grant {
        std::uint64_t granted = 0;
        std::uint64_t needed = 0;    // as wanted() was told
        std::uint64_t admitted = 0;  // in the window, by all, with those that are needed
    };
    void add(const Grant& grant, Milliseconds now) noexcept;

    // Nothing is left, and nobody holds anything: refuses without asking for a moment.
    void exhaust(Milliseconds now) noexcept;

    // Whether more should be fetched before the last is spent.
    [[nodiscard]] bool runs_low() const noexcept { return block_ > 1 && held_ * 2 <= block_; }

    // What was not needed since the last tick: taken out, to be given back.
    [[nodiscard]] std::uint64_t tick(Milliseconds now) noexcept;
    // All of it, at the end.
    [[nodiscard]] std::uint64_t take_all() noexcept;

    [[nodiscard]] std::uint64_t held() const noexcept { return held_; }
    // Admitted in the window as far as is known.
    [[nodiscard]] std::uint64_t count() const noexcept { return admitted_; }
    [[nodiscard]] const flow::QuotaUse& use() const noexcept { return use_; }

private:
    [[nodiscard]] static std::uint64_t block_for(std::uint64_t uses) noexcept;

    static constexpr std::uint64_t kBusy = 32;         // uses in one tick: the site is busy
    static constexpr std::uint64_t kBlocksOfTick = 4;  // that a busy site's uses are fetched in
    static constexpr std::uint64_t kLargestBlock = 4096;
    static constexpr Milliseconds kRemembered = 500;  // that nothing is left
    static constexpr Milliseconds kSilence = 500;     // after which Redis is told of what is held

    flow::QuotaUse use_;
    std::uint64_t held_ = 0;
    std::uint64_t admitted_ = 0;
    std::uint64_t block_ = 1;
    std::uint64_t recent_ = 0;  // uses of the moment that began at recent_since_
    Milliseconds recent_since_ = 0;
    std::uint64_t spent_ = 0;              // since the last tick
    std::uint64_t spent_since_asked_ = 0;  // which Redis does not know of
    Milliseconds asked_at_ = 0;
    Milliseconds refused_until_ = 0;
};

}  // namespace social::store
