#include "shm/session_table.hpp"

namespace social::store {

namespace {

// Expired sessions that one save removes at most. More than it adds, so they do not accumulate.
constexpr std::uint64_t kSweptPerSave = 4;

}  // namespace

bool SessionTable::recover() noexcept {
    if (index_.is_consistent()) {
        return false;
    }
    index_.repair();
    return true;
}

bool SessionTable::load(const session::StoreKey& key, std::int64_t now, std::string& out) {
    const Index entry = find_live(key, now);
    const bool whole = entry != kNone && read(entry, out);
    if (whole && !index_.make_latest_used(entry)) {
        index_.mark_corrupt();
    }
    return whole;
}

bool SessionTable::peek(const session::StoreKey& key, std::int64_t now, std::string& out) {
    const Index entry = find_live(key, now);
    return entry != kNone && read(entry, out);
}

// Calls mark_corrupt() if the value cannot be read.
bool SessionTable::read(Index entry, std::string& out) {
    const std::size_t size = index_[entry].size;
    if (size > index_.pool().total() * kBlockPayload) {
        index_.mark_corrupt();
        return false;
    }
    bool whole = false;
    // libstdc++ 12 passes the capacity as second argument, so the lambda uses `size`.
    out.resize_and_overwrite(size, [&](char* bytes, std::size_t) noexcept {
        whole = index_.pool().read(index_.pool().next(entry), {bytes, size});
        return whole ? size : 0;
    });
    if (!whole) {
        index_.mark_corrupt();
    }
    return whole;
}

bool SessionTable::load_head(const session::StoreKey& key, std::int64_t now,
                             std::span<char> head) noexcept {
    const Index entry = find_live(key, now);
    if (entry == kNone || index_[entry].size < head.size()) {
        return false;
    }
    const bool whole = index_.pool().read(index_.pool().next(entry), head);
    if (!whole || !index_.make_latest_used(entry)) {
        index_.mark_corrupt();
    }
    return whole;
}

bool SessionTable::fits(std::size_t bytes) const noexcept {
    return bytes <= (index_.pool().total() - 1) * kBlockPayload;
}

Saved SessionTable::save(const flow::StoredSession& session, std::int64_t now) noexcept {
    if (!fits(session.sealed.size() + session.may_grow_by)) {
        return Saved::too_large;
    }
    if (!put(session, now)) {
        index_.repair();
        if (!put(session, now)) {
            index_.mark_corrupt();
            return Saved::too_large;
        }
    }
    return Saved::stored;
}

Saved SessionTable::replace(const flow::StoredSession& session,
                            const Condition& condition) noexcept {
    const Index entry = find_live(session.key, condition.now);
    if (entry == kNone || index_[entry].generation != condition.expected) {
        return Saved::outdated;
    }
    if (!fits(session.sealed.size())) {
        return Saved::too_large;
    }
    if (put_in_place(entry, session, condition.now)) {
        return Saved::stored;
    }
    index_.repair();  // loses the order of use, so save() is equivalent
    return save(session, condition.now);
}

bool SessionTable::take(const session::StoreKey& key, std::int64_t now, std::string& out) {
    const Index entry = find_live(key, now);
    return entry != kNone && read(entry, out) && remove(key, now);
}

bool SessionTable::remove_unchanged(const session::StoreKey& key,
                                    const Condition& condition) noexcept {
    const Index entry = find_live(key, condition.now);
    return entry != kNone && index_[entry].generation == condition.expected &&
           remove(key, condition.now);
}

bool SessionTable::remove(const session::StoreKey& key, std::int64_t now) noexcept {
    const Index entry = find_live(key, now);
    if (entry == kNone) {
        return false;
    }
    const Change change(index_.state());
    if (!index_.drop(entry)) {
        index_.mark_corrupt();
    }
    return true;
}

std::uint64_t SessionTable::sweep(std::int64_t now, std::uint64_t limit) noexcept {
    const Change change(index_.state());
    const std::uint64_t before = index_.state().expired;
    if (!drop_expired(now, limit)) {
        index_.mark_corrupt();
    }
    return index_.state().expired - before;
}

std::size_t SessionTable::claim_due(const DueQuery& query, std::span<DueSession> out) noexcept {
    if (query.again_at <= query.now) {
        return 0;  // the loop would return the same session again
    }
    const Change change(index_.state());
    std::size_t taken = 0;
    while (taken < out.size()) {
        const Index entry = index_.first_to_refresh();
        if (entry == kNone) {
            break;
        }
        if (!index_.pool().contains(entry)) {
            index_.mark_corrupt();
            break;
        }
        const TableEntry& due = index_[entry];
        if (due.refresh_at > query.now) {
            break;
        }
        const bool live = due.expires_at > query.now;
        if (live) {
            out[taken++] = DueSession{.key = due.key, .generation = due.generation};
        } else {
            ++index_.state().expired;
        }
        if (!(live ? index_.refresh_later(entry, query.again_at) : index_.drop(entry))) {
            index_.mark_corrupt();
            break;
        }
    }
    return taken;
}

TableStatistics SessionTable::statistics() const noexcept {
    const TableState& state = index_.state();
    const BlockPool& pool = index_.pool();
    return {
        .sessions = state.sessions,
        .evicted = state.evicted,
        .expired = state.expired,
        .repaired = state.repaired,
        .lost = state.lost,
        .bytes_used = std::uint64_t{pool.total() - pool.free()} * sizeof(Block),
        .bytes_total = std::uint64_t{pool.total()} * sizeof(Block),
    };
}

Index SessionTable::find_live(const session::StoreKey& key, std::int64_t now) noexcept {
    const Index entry = index_.find(key);
    if (entry == kNone || index_[entry].expires_at > now) {
        return entry;
    }
    const Change change(index_.state());
    ++index_.state().expired;
    if (!index_.drop(entry)) {
        index_.mark_corrupt();
    }
    return kNone;
}

bool SessionTable::put(const flow::StoredSession& session, std::int64_t now) noexcept {
    const Change change(index_.state());
    const Index old = index_.find(session.key);
    const bool searched = index_.state().damaged.load(std::memory_order_relaxed) == 0;
    const Room room{.blocks = 1 + BlockPool::blocks_for(session.sealed.size()), .spared = kNone};
    return searched && (old == kNone || index_.drop(old)) && drop_expired(now, kSweptPerSave) &&
           make_room(room, now) && index_.add(session, kNone);
}

// make_room() runs before drop(), since it may evict the entry's neighbor in the order of use.
bool SessionTable::put_in_place(Index entry, const flow::StoredSession& session,
                                std::int64_t now) noexcept {
    const Change change(index_.state());
    const Index present = BlockPool::blocks_for(index_[entry].size);
    const Index needed = BlockPool::blocks_for(session.sealed.size());
    const Room room{.blocks = needed > present ? needed - present : 0, .spared = entry};
    if (!drop_expired(now, kSweptPerSave) || !make_room(room, now)) {
        return false;
    }
    const Index used_after = index_.used_after(entry);
    return index_.drop(entry) && index_.add(session, used_after);
}

bool SessionTable::drop_expired(std::int64_t now, std::uint64_t limit) noexcept {
    for (std::uint64_t i = 0; i < limit; ++i) {
        const Index entry = index_.first_to_expire();
        if (entry == kNone) {
            return true;
        }
        if (!index_.pool().contains(entry)) {
            return false;
        }
        if (index_[entry].expires_at > now) {
            return true;
        }
        if (!index_.drop(entry)) {
            return false;
        }
        ++index_.state().expired;
    }
    return true;
}

bool SessionTable::make_room(Room room, std::int64_t now) noexcept {
    while (index_.pool().free() < room.blocks ||
           (room.spared == kNone && index_.state().sessions >= index_.capacity())) {
        const std::uint64_t expired = index_.state().expired;
        if (!drop_expired(now, 1)) {
            return false;
        }
        if (index_.state().expired != expired) {
            continue;
        }
        Index victim = index_.least_used();
        if (victim == room.spared && index_.pool().contains(victim)) {
            victim = index_.used_after(victim);
        }
        if (!index_.pool().contains(victim) || !index_.drop(victim)) {
            return false;
        }
        ++index_.state().evicted;
    }
    return true;
}

}  // namespace social::store
