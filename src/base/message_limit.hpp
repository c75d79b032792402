// Rate limit of log messages. The first message of an incident is written, and later ones of its
// kind are counted. An incident is over after kQuietTime without a message; a longer one is
// repeated every kRepeatTime.
//
// A view of memory that several processes share. The caller holds the lock: see loop/error_log. The
// number of kinds is bounded. A kind without a free slot is counted and not written.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace social::base {

class MessageLimit {
public:
    static constexpr std::size_t kKinds = 64;  // tracked at a time
    static constexpr std::uint64_t kQuietTime =
        10'000;  // ms without a message after which an incident is over
    static constexpr std::uint64_t kRepeatTime =
        60'000;  // ms between the written messages of one incident
    static constexpr std::uint32_t kMaxIncidents = 60;

    // Zeroed memory is the initial state. Times are ms.
    struct Slot {
        std::uint64_t kind;  // a keyed hash; 0: the slot is free
        std::uint64_t seen_at;
        std::uint64_t written_at;
        std::uint64_t suppressed;    // messages since `written_at`
        std::uint64_t counted_from;  // start of the period of `incidents`
        std::uint32_t incidents;     // written in this period
        bool ended;                  // see end_incident()
    };
    struct State {
        std::array<Slot, kKinds> slots;
        std::uint64_t suppressed;  // messages of all kinds since the start
    };

    explicit MessageLimit(State& state) noexcept : state_(state) {}

    // Returns the number of suppressed messages since the last written one if this one is to be
    // written. Returns nullopt if it is suppressed.
    [[nodiscard]] std::optional<std::uint64_t> admit(std::uint64_t kind,
                                                     std::uint64_t now) noexcept;

    // Ends the incident of a kind, so that its next message is written. At most kMaxIncidents per
    // kind are written in kRepeatTime, for a condition that flaps.
    void end_incident(std::uint64_t kind) noexcept;

private:
    [[nodiscard]] Slot* find_slot_of(std::uint64_t kind) noexcept;
    [[nodiscard]] Slot* find_slot(std::uint64_t kind, std::uint64_t now) noexcept;

    State& state_;
};

}  // namespace social::base
