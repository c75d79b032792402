// MemoryStore: the sessions of an owner, and the revocation of the owner's grant.
#include <algorithm>
#include <array>

#include "store/memory_store.hpp"
#include "store/zone_lock.hpp"

namespace social::store {

namespace {

constexpr std::size_t kRemovedAtOnce = 64;  // under one lock
constexpr std::uint64_t kNoHolder = 1;      // not the holder of any revocation

}  // namespace

// SessionTable::remove() has already updated the index by owner.
flow::Task<bool> MemoryStore::leave(flow::Departure departure) {
    const std::uint64_t owner = departure.owner.hash;
    if (departure.time.count() <= 0 || owner == 0) {
        co_return departure.time.count() > 0;
    }
    const std::uint64_t now = ngx_current_msec;
    const auto time = static_cast<std::uint64_t>(departure.time.count());
    co_return locked([&](MemoryZone& zone) {
        return !zone.sessions().has_owner(owner, ngx_time()) &&
               zone.revocations().begin(
                   {.owner = owner, .holder = departure.holder, .now = now, .ends_at = now + time});
    });
}

flow::Task<void> MemoryStore::end_revocation(flow::Revocation revocation) {
    const std::uint64_t now = ngx_current_msec;
    locked([&](MemoryZone& zone) {
        zone.revocations().end(
            {.owner = revocation.owner, .holder = revocation.holder, .now = now, .ends_at = now});
        return true;
    });
    co_return;
}

// Sets a holder that no caller of leave() has, so leave() begins no other revocation.
flow::Task<std::vector<session::StoreKey>> MemoryStore::remove_owner(flow::Owner owner) {
    std::vector<session::StoreKey> removed;
    std::array<session::StoreKey, kRemovedAtOnce> keys;
    std::uint64_t count = owner.hash == 0 ? 0 : keys.size();
    while (count == keys.size()) {
        count = locked([&](MemoryZone& zone) {
            const std::uint64_t now = ngx_current_msec;
            zone.revocations().set_completed(
                {.owner = owner.hash, .holder = kNoHolder, .now = now, .ends_at = now});
            return zone.sessions().remove_owner(owner.hash, ngx_time(), keys);
        });
        removed.insert(removed.end(), keys.begin(),
                       keys.begin() + static_cast<std::ptrdiff_t>(count));
    }
    co_return removed;
}

}  // namespace social::store
