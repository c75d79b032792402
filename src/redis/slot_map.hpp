// Which node of a cluster has which slot, as one of its nodes told (CLUSTER SLOTS), and as
// redirections have corrected it since.
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
    // Reads the answer of the node at `answered`, whose host stands in for one that is left
    // empty. Ranges and nodes that make no sense are left out. False, and nothing is changed,
    // when there is none that does.
    bool read(const Reply& reply, const Address& answered);

    // Another node has the slot.
    void move(std::uint16_t slot, const Address& address);

    // nullptr: not known.
    [[nodiscard]] const Address* find(std::uint16_t slot) const noexcept;

    // The primaries that have slots, each once.
    [[nodiscard]] const std::vector<Address>& primaries() const noexcept { return primaries_; }

private:
    using Index = std::uint16_t;
    static constexpr Index kNone = 0xffff;

    [[nodiscard]] Index index_of(const Address& address);

    std::vector<Address> primaries_;
    std::vector<Index> slots_ = std::vector<Index>(kSlots, kNone);
};

}  // namespace social::redis
