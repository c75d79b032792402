// The session table's metadata of one session, in the first block of its chain. The following
// blocks have the sealed value. Entries refer to each other by block index.
#pragma once

#include <cstdint>

#include "session/record.hpp"
#include "shm/block_pool.hpp"

namespace social::store {

// Links of a circular list: the last element's `next` is the first.
struct Link {
    Index prev;
    Index next;
};

struct TableEntry {
    session::StoreKey key;
    std::uint64_t owner;      // 0: none, and not in the index by owner
    std::int64_t expires_at;  // Unix seconds
    std::int64_t refresh_at;  // Unix seconds; 0: never, and not in the heap
    std::uint64_t generation;
    std::uint32_t size;  // bytes of the value
    Index last;          // last block of the chain
    Link same_bucket;
    Link same_owner;
    Link use;             // order of use, the most recent first
    Index expiry_place;   // index in the heap of expiry times
    Index refresh_place;  // index in the heap of refresh times
};
static_assert(sizeof(TableEntry) <= kBlockPayload);

// A view of blocks as entries.
class TableEntries {
public:
    explicit TableEntries(BlockPool& pool) noexcept : pool_(&pool) {}

    [[nodiscard]] TableEntry& operator[](Index block) const noexcept {
        return *reinterpret_cast<TableEntry*>(pool_->payload(block));
    }
    [[nodiscard]] bool contains(Index block) const noexcept { return pool_->contains(block); }

private:
    BlockPool* pool_;
};

}  // namespace social::store
