#include "shm/session_index.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include "shm/arena.hpp"
#include "shm/bitmap.hpp"

namespace social::store {

namespace {

// A session uses one block for its entry and usually at least four for its value.
constexpr std::size_t kBlocksPerSession = 5;

// Maps a uniformly distributed hash to [0, size) without a division.
std::size_t slot(std::uint32_t hash, std::size_t size) noexcept {
    return static_cast<std::size_t>((std::uint64_t{hash} * size) >> 32);
}

}  // namespace

SessionIndex::Parts SessionIndex::carve(std::span<std::byte> memory) noexcept {
    Arena arena(memory);
    Parts parts{};
    parts.state = arena.take<TableState>(1).data();

    // Per session, two list heads and two heap slots; per block, two bits.
    constexpr std::size_t kBitsPerSession =
        8 * 4 * sizeof(Index) + kBlocksPerSession * (8 * sizeof(Block) + 2);
    constexpr std::size_t kSlack = 256;  // bytes for alignment and the last words of the bitmaps
    const std::size_t sessions = (arena.left() - kSlack) * 8 / kBitsPerSession;
    const std::size_t blocks = std::min<std::size_t>(sessions * kBlocksPerSession, kNone);

    parts.by_key = arena.take<Index>(sessions);
    parts.by_owner = arena.take<Index>(sessions);
    parts.expiry = arena.take<Index>(sessions);
    parts.refresh = arena.take<Index>(sessions);
    parts.live = arena.take<std::uint64_t>(Bitmap::words_for(blocks));
    parts.seen = arena.take<std::uint64_t>(Bitmap::words_for(blocks));
    arena.align(alignof(Block));
    parts.blocks = arena.take<Block>(blocks);
    return parts;
}

SessionIndex::SessionIndex(std::span<std::byte> memory) noexcept
    : parts_(carve(memory)), pool_(parts_.state->pool, parts_.blocks), entries_(pool_) {}

void SessionIndex::format() {
    const base::KeyedSpread owner_spread = base::KeyedSpread::random();
    new (parts_.state) TableState{};
    state().owner_spread = owner_spread;
    pool_.format();
    Bitmap(parts_.live).clear();
    clear_lists();
}

void SessionIndex::clear_lists() noexcept {
    std::ranges::fill(parts_.by_key, kNone);
    std::ranges::fill(parts_.by_owner, kNone);
    state().latest_use = kNone;
    state().sessions = 0;
    state().expiring = 0;
    state().refreshing = 0;
}

bool SessionIndex::is_consistent() const noexcept {
    return state().changing.load(std::memory_order_relaxed) == 0 &&
           state().damaged.load(std::memory_order_relaxed) == 0;
}

SessionIndex::BucketRing SessionIndex::bucket(const session::StoreKey& key) noexcept {
    // Keys are digests of secret references, so clients cannot choose keys of one bucket.
    std::uint32_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof(hash));
    return {entries_, parts_.by_key[slot(hash, parts_.by_key.size())]};
}

SessionIndex::OwnerRing SessionIndex::owner_ring(std::uint64_t owner) noexcept {
    // An owner is an unkeyed digest of the user id. Some providers may let users choose it, so the
    // bucket comes from a keyed hash.
    const auto hash = static_cast<std::uint32_t>(state().owner_spread(owner) >> 32);
    return {entries_, parts_.by_owner[slot(hash, parts_.by_owner.size())]};
}

SessionIndex::ExpiryHeap SessionIndex::expiries() noexcept {
    return {entries_, state().expiring, parts_.expiry};
}

SessionIndex::RefreshHeap SessionIndex::refreshes() noexcept {
    return {entries_, state().refreshing, parts_.refresh};
}

Index SessionIndex::find(const session::StoreKey& key) noexcept {
    const BucketRing ring = bucket(key);
    const Index first = ring.first();
    Index entry = first;
    for (Index steps = 0; entry != kNone; ++steps) {
        if (!pool_.contains(entry) || steps > capacity()) {
            mark_corrupt();
            return kNone;
        }
        if (entries_[entry].key == key) {
            return entry;
        }
        entry = ring.after(entry);
        if (entry == first) {
            return kNone;
        }
    }
    return kNone;
}

bool SessionIndex::link(Index entry, Index used_after) noexcept {
    const TableEntry& added = entries_[entry];
    ++state().sessions;
    return bucket(added.key).push_front(entry) && uses().insert_after(used_after, entry) &&
           expiries().insert(entry) &&
           (added.owner == 0 || owner_ring(added.owner).push_front(entry)) &&
           (added.refresh_at == 0 || refreshes().insert(entry));
}

bool SessionIndex::add(const flow::StoredSession& session, Index used_after) noexcept {
    const auto chain = pool_.allocate(1 + BlockPool::blocks_for(session.sealed.size()));
    if (!chain) {
        return false;
    }
    new (pool_.payload(chain->first)) TableEntry{
        .key = session.key,
        .owner = session.owner,
        .expires_at = session.expires_at,
        .refresh_at = session.refresh_at,
        .generation = session.generation,
        .size = static_cast<std::uint32_t>(session.sealed.size()),
        .last = chain->last,
        .same_bucket = {},
        .same_owner = {},
        .use = {},
        .expiry_place = kNone,
        .refresh_place = kNone,
    };
    pool_.write(pool_.next(chain->first), session.sealed);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    Bitmap(parts_.live).set(chain->first);
    return link(chain->first, used_after);
}

bool SessionIndex::drop(Index entry) noexcept {
    Bitmap(parts_.live).reset(entry);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    const TableEntry& gone = entries_[entry];
    const Chain chain{
        .first = entry, .last = gone.last, .count = 1 + BlockPool::blocks_for(gone.size)};
    const bool unlinked = bucket(gone.key).remove(entry) && uses().remove(entry) &&
                          expiries().remove(entry) &&
                          (gone.owner == 0 || owner_ring(gone.owner).remove(entry)) &&
                          (gone.refresh_at == 0 || refreshes().remove(entry));
    if (!unlinked || !pool_.contains(chain.last)) {
        return false;
    }
    pool_.release(chain);
    --state().sessions;
    return true;
}

bool SessionIndex::refresh_later(Index entry, std::int64_t refresh_at) noexcept {
    entries_[entry].refresh_at = refresh_at;
    return refreshes().moved(entry);
}

bool SessionIndex::make_latest_used(Index entry) noexcept {
    if (uses().first() == entry) {
        return true;
    }
    const Change change(state());
    return uses().remove(entry) && uses().push_front(entry);
}

}  // namespace social::store
