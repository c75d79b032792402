// What the session table keeps of one session, in the first block of its chain;
// the blocks behind it hold the sealed value. Entries name each other by index.
// Used by SessionTable and its lists only.
#pragma once

#include <cstdint>

#include "session/record.hpp"
#include "store/block_pool.hpp"

namespace social::store {

// A place in a ring: the last element's `next` is the first.
struct Link {
    Index prev;
    Index next;
};

struct Entry {
    session::StoreKey key;
    std::uint64_t owner;      // 0: none, and then it is in no owner's ring
    std::int64_t expires_at;  // Unix seconds
    std::int64_t refresh_at;  // 0: never, and then it is in no refresh heap
    std::uint64_t generation;
    std::uint32_t size;  // bytes of the value
    Index last;          // last block of the chain
    Link same_bucket;
    Link same_owner;
    Link use;             // by last use, the latest first
    Index expiry_place;   // in the heap of expiry times
    Index refresh_place;  // in the heap of refresh times
};
static_assert(sizeof(Entry) <= kBlockPayload);

// Blocks seen as entries.
class Entries {
public:
    explicit Entries(BlockPool& pool) noexcept : pool_(&pool) {}

    [[nodiscard]] Entry& operator[](Index block) const noexcept {
        return *reinterpret_cast<Entry*>(pool_->payload(block));
    }
    [[nodiscard]] bool contains(Index block) const noexcept { return pool_->contains(block); }

private:
    BlockPool* pool_;
};

}  // namespace social::store
