#include "base/message_limit.hpp"

#include <algorithm>
#include <utility>

namespace social::base {

namespace {

// Returns ms, and 0 if `then` is later: the clock of another process may be ahead.
std::uint64_t since(std::uint64_t then, std::uint64_t now) noexcept {
    return now - std::min(then, now);
}

}  // namespace

MessageLimit::Slot* MessageLimit::find_slot_of(std::uint64_t kind) noexcept {
    auto* slot = std::ranges::find(state_.slots, kind == 0 ? 1 : kind, &Slot::kind);
    return slot != state_.slots.end() ? slot : nullptr;
}

// Returns the slot of the kind, else the oldest one if its incident is over, else nullptr.
MessageLimit::Slot* MessageLimit::find_slot(std::uint64_t kind, std::uint64_t now) noexcept {
    if (Slot* slot = find_slot_of(kind)) {
        return slot;
    }
    auto* oldest = std::ranges::min_element(state_.slots, {}, &Slot::seen_at);
    if (oldest->kind != 0 && since(oldest->seen_at, now) < kQuietTime) {
        return nullptr;
    }
    *oldest = Slot{};
    oldest->kind = kind == 0 ? 1 : kind;
    oldest->counted_from = now;
    return oldest;
}

std::optional<std::uint64_t> MessageLimit::admit(std::uint64_t kind, std::uint64_t now) noexcept {
    Slot* slot = find_slot(kind, now);
    if (slot == nullptr) {
        ++state_.suppressed;
        return std::nullopt;
    }
    if (since(slot->counted_from, now) >= kRepeatTime) {
        slot->counted_from = now;
        slot->incidents = 0;
    }
    const std::uint64_t before = std::exchange(slot->seen_at, std::max(now, slot->seen_at));
    const bool lasts = before != 0 && since(before, now) < kQuietTime &&
                       since(slot->written_at, now) < kRepeatTime;
    const bool another = slot->ended && slot->incidents < kMaxIncidents;
    if (lasts && !another) {
        ++slot->suppressed;
        ++state_.suppressed;
        return std::nullopt;
    }
    slot->written_at = now;
    slot->ended = false;
    ++slot->incidents;
    return std::exchange(slot->suppressed, 0);
}

void MessageLimit::end_incident(std::uint64_t kind) noexcept {
    if (Slot* slot = find_slot_of(kind)) {
        slot->ended = true;
    }
}

}  // namespace social::base
