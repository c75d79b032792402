// The primary of each slot of a cluster: from CLUSTER SLOTS, corrected by MOVED redirections.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "redis/reply.hpp"
#include "redis/slot.hpp"
#include "redis/url.hpp"

namespace social::redis {

class SlotMap {
public:
    // Replaces the map by a CLUSTER SLOTS reply of the node at `answered`. An empty host means the
    // host of `answered`. Invalid ranges are skipped. Returns false, and changes nothing, if no
    // range is valid.
    bool read(const Reply& reply, const Address& answered);

    // Assigns the slot to another primary, after MOVED.
    void move(std::uint16_t slot, const Address& address);

    // The primary of the slot; nullptr: unassigned. Valid until the map is changed.
    [[nodiscard]] const Address* find(std::uint16_t slot) const noexcept;

    // All primaries, without duplicates. After move() one may have no slot left.
    [[nodiscard]] const std::vector<Address>& primaries() const noexcept { return primaries_; }

private:
    using Index = std::uint16_t;
    static constexpr Index kNone = 0xffff;

    [[nodiscard]] Index index_of(const Address& address);

    std::vector<Address> primaries_;
    std::vector<Index> slots_ = std::vector<Index>(kSlots, kNone);
};

}  // namespace social::redis
