// A pool of fixed-size blocks. A value of any length is a chain of blocks. A value wastes half a
// block on average, and the pool does not fragment. nginx's slab allocator rounds large values up
// to a power of two.
//
// The pool is in memory of its owner: a shared zone, or plain memory in tests. It has indices in
// place of pointers, so processes may map it at different addresses. The object is a view; callers
// hold the zone's lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace social::store {

using Index = std::uint32_t;
inline constexpr Index kNone = 0xffff'ffff;

inline constexpr std::size_t kBlockPayload = 124;  // bytes

// The payload is first, so that it has the block's alignment.
struct alignas(8) Block {
    std::array<char, kBlockPayload> bytes;
    Index next;
};
static_assert(sizeof(Block) == 128);

struct Chain {
    Index first = kNone;
    Index last = kNone;
    Index count = 0;
};

// In shared memory. Blocks from `fresh` on were never used and are in no list. A new zone uses no
// physical memory for them.
struct PoolState {
    Index recycled;  // head of the list of released blocks
    Index recycled_count;
    Index fresh;
};

class BlockPool {
public:
    BlockPool(PoolState& state, std::span<Block> blocks) noexcept
        : state_(&state), blocks_(blocks) {}

    void format() noexcept;  // all blocks are free

    [[nodiscard]] Index total() const noexcept { return static_cast<Index>(blocks_.size()); }
    [[nodiscard]] Index free() const noexcept;
    [[nodiscard]] Index fresh() const noexcept;
    [[nodiscard]] bool contains(Index block) const noexcept { return block < blocks_.size(); }

    [[nodiscard]] static Index blocks_for(std::size_t bytes) noexcept {
        return static_cast<Index>((bytes + kBlockPayload - 1) / kBlockPayload);
    }

    // A chain of exactly `count` blocks. Returns nullopt if `count` is 0, if fewer are free(), or
    // if the list of released blocks is corrupt.
    [[nodiscard]] std::optional<Chain> allocate(Index count) noexcept;

    // Constant time, whatever the chain's length.
    void release(const Chain& chain) noexcept;

    // Frees one block that is in no list; for the repair.
    void reclaim(Index block) noexcept;

    [[nodiscard]] char* payload(Index block) noexcept { return blocks_[block].bytes.data(); }
    [[nodiscard]] Index next(Index block) const noexcept { return blocks_[block].next; }

    // Writes `value` to the chain that begins at `first`. Precondition: the chain is long enough.
    void write(Index first, std::string_view value) noexcept;

    // Fills `out` from the chain. Returns false if the chain is too short or has an invalid index.
    [[nodiscard]] bool read(Index first, std::span<char> out) const noexcept;

private:
    PoolState* state_;
    std::span<Block> blocks_;
};

}  // namespace social::store
