#include "redis/slot_map.hpp"

#include <algorithm>
#include <utility>

namespace social::redis {

namespace {

struct Range {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    Address primary;
};

bool is_slot(const Reply& reply) noexcept {
    return reply.is_integer() && reply.integer >= 0 && reply.integer < kSlots;
}

// [first, last, [host, port, …], replicas…]. The host is nil or "" for the replying node's host,
// and "?" if Redis has no endpoint for the node.
std::optional<Range> range_of(const Reply& entry, const Address& answered) {
    constexpr std::size_t kParts = 3;
    if (entry.elements.size() < kParts || !is_slot(entry.elements[0]) ||
        !is_slot(entry.elements[1]) || entry.elements[2].elements.size() < 2) {
        return std::nullopt;
    }
    const Reply& host = entry.elements[2].elements[0];
    const Reply& port = entry.elements[2].elements[1];
    const bool same_host = host.is_nil() || (host.is_text() && host.text.empty());
    if (!port.is_integer() || port.integer <= 0 || port.integer > 65535 || host.text == "?" ||
        (!same_host && !host.is_text())) {
        return std::nullopt;
    }
    Range range;
    range.first = static_cast<std::uint16_t>(entry.elements[0].integer);
    range.last = static_cast<std::uint16_t>(entry.elements[1].integer);
    range.primary.host = same_host ? answered.host : host.text;
    range.primary.port = static_cast<std::uint16_t>(port.integer);
    return range.first <= range.last ? std::optional(std::move(range)) : std::nullopt;
}

}  // namespace

bool SlotMap::read(const Reply& reply, const Address& answered) {
    SlotMap fresh;
    for (const Reply& entry : reply.elements) {
        if (const std::optional<Range> range = range_of(entry, answered)) {
            const Index index = fresh.index_of(range->primary);
            std::fill(fresh.slots_.begin() + range->first, fresh.slots_.begin() + range->last + 1,
                      index);
        }
    }
    if (fresh.primaries_.empty()) {
        return false;
    }
    *this = std::move(fresh);
    return true;
}

void SlotMap::move(std::uint16_t slot, const Address& address) {
    slots_[slot] = index_of(address);
}

const Address* SlotMap::find(std::uint16_t slot) const noexcept {
    return slots_[slot] == kNone ? nullptr : &primaries_[slots_[slot]];
}

SlotMap::Index SlotMap::index_of(const Address& address) {
    const auto existing = std::ranges::find(primaries_, address);
    if (existing != primaries_.end()) {
        return static_cast<Index>(existing - primaries_.begin());
    }
    primaries_.push_back(address);
    return static_cast<Index>(primaries_.size() - 1);
}

}  // namespace social::redis
