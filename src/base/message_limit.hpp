// Rate limit of log messages: of the messages of one kind the first is written and the rest are
// counted, until none came for a while, or the last one was written long ago.
//
// A view over memory that several processes share; whoever calls holds its lock. The kinds are
// bounded: a kind that finds no slot is counted and not written. No nginx in here: loop/error_log
// has the memory and the lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace social::base {

class MessageLimit {
public:
    static constexpr std::size_t kKinds = 64;  // at a time
    static constexpr std::uint64_t kQuietTime =
        10'000;  // ms without a message: the incident is over
    static constexpr std::uint64_t kRepeatTime =
        60'000;  // ms after which a lasting one is repeated
    static constexpr std::uint32_t kMaxIncidents = 60;

    // Zeroed memory is a limit that has seen no message. Times are ms.
    struct Slot {
        std::uint64_t kind;  // a keyed hash; 0: the slot is free
        std::uint64_t seen_at;
        std::uint64_t written_at;
        std::uint64_t suppressed;    // messages since then
        std::uint64_t counted_from;  // start of the time that `incidents` is for
        std::uint32_t incidents;     // that were written
        bool ended;                  // see end_incident()
    };
    struct State {
        std::array<Slot, kKinds> slots;
        std::uint64_t suppressed;  // messages of all kinds, since the start
    };

    explicit MessageLimit(State& state) noexcept : state_(state) {}

    // How many messages of the kind were suppressed since the last one that was written; nothing:
    // this one is to be suppressed, too.
    [[nodiscard]] std::optional<std::uint64_t> admit(std::uint64_t kind,
                                                     std::uint64_t now) noexcept;

    // What the messages of the kind complain of is over: the next one is of another incident, and
    // written. Of a kind that comes and goes kMaxIncidents are written in kRepeatTime.
    void end_incident(std::uint64_t kind) noexcept;

private:
    [[nodiscard]] Slot* find_known(std::uint64_t kind) noexcept;
    [[nodiscard]] Slot* find_slot(std::uint64_t kind, std::uint64_t now) noexcept;

    State& state_;
};

}  // namespace social::base
