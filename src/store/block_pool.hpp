// A pool of blocks of one size for values of any length, each value a chain of
// blocks. nginx's own slab allocator rounds everything over 1 KiB up to a power of
// two; here a value wastes half a block on average and nothing ever fragments.
//
// The pool lives in memory that its owner maps (a shared zone, or plain memory in
// tests), wherever that lies in the process: it holds indices and no pointers. The
// object itself is a view, made anew by each process. Whoever calls holds the
// zone's lock. Called by SessionTable alone.
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

// The payload comes first, so that it is aligned for any record put into it.
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

// In shared memory. Blocks from `fresh` on were never used and are not linked, so
// that a new zone takes no physical memory until it is filled.
struct PoolState {
    Index recycled;  // head of the list of blocks that were used before
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

    // A chain of exactly `count` blocks, at least one. Nothing when fewer are free(),
    // or when the list of free blocks turns out to be damaged.
    [[nodiscard]] std::optional<Chain> allocate(Index count) noexcept;

    // In constant time, however long the chain is.
    void release(const Chain& chain) noexcept;

    // Frees one block that no list holds; for rebuilding after damage.
    void reclaim(Index block) noexcept;

    [[nodiscard]] char* payload(Index block) noexcept { return blocks_[block].bytes.data(); }
    [[nodiscard]] Index next(Index block) const noexcept { return blocks_[block].next; }

    // Writes `value` to the chain that begins at `first` and is long enough.
    void write(Index first, std::string_view value) noexcept;

    // Fills `out` from the chain; false when the chain ends or strays before that.
    [[nodiscard]] bool read(Index first, std::span<char> out) const noexcept;

private:
    PoolState* state_;
    std::span<Block> blocks_;
};

}  // namespace social::store
