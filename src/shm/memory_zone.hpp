// The layout of a shared zone:
// 1. a header;
// 2. used one-time values: 1/16 of the zone (65,536 per 8 MiB);
// 3. quota counters: 1/64;
// 4. attempt counters: 1/128;
// 5. leases: 1/1024;
// 6. revocations: 1/4096;
// 7. sessions: the rest.
//
// A zone for cached sessions of Redis uses 1/1024 for each of 2 to 5.
//
// The object is a view that MemoryStore makes in each process. Sessions, used values, leases and
// revocations need the zone's lock. Counters have a lock per stripe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "shm/attempt_table.hpp"
#include "shm/lease_table.hpp"
#include "shm/once_set.hpp"
#include "shm/revocation_table.hpp"
#include "shm/session_table.hpp"
#include "shm/shared_counters.hpp"
#include "shm/zone_seed.hpp"

namespace social::store {

// Versions that invalidate cached sessions. In shared memory.
struct CopyVersions {
    // Incremented to invalidate all cached sessions.
    std::atomic<std::uint64_t> epoch;
    // Incremented for each changed session, by the last byte of its key.
    std::array<std::atomic<std::uint32_t>, 256> changes;
};

// In shared memory.
struct ZoneHeader {
    std::uint64_t magic;
    std::uint64_t size;  // bytes of the zone
    ZoneSeed seed;       // lives as long as the entries, also over reloads
    std::uint64_t evicted_reported;
    std::int64_t evicted_reported_at;  // Unix seconds
};

// The version of a cached session before its load from Redis starts.
struct CopyVersion {
    std::uint64_t epoch = 0;
    std::uint32_t changes = 0;

    friend bool operator==(const CopyVersion&, const CopyVersion&) = default;
};

enum class ZoneUse : std::uint8_t { sessions, copies };

// The zone's name, by which nginx finds the memory after a reload. It includes the layout version,
// so that nginx allocates new memory for another layout. `contents` distinguishes zones of one use,
// such as caches of two Redis servers. Empty: there is one zone.
[[nodiscard]] std::string zone_name(ZoneUse use, std::string_view contents);
// True for every layout version.
[[nodiscard]] bool is_zone_of_sessions(std::string_view name) noexcept;

class MemoryZone {
public:
    static constexpr std::size_t kMinSize = 128 * 1024;  // bytes

    // `memory` has at least kMinSize bytes, and outlives the object at the same address.
    explicit MemoryZone(std::span<std::byte> memory, ZoneUse use = ZoneUse::sessions) noexcept;

    // True if the memory already has a zone of this layout and size.
    [[nodiscard]] bool formatted() const noexcept;
    // Throws like base::fill_random(), but then changes nothing.
    void format();

    // The seed for seeded_digest().
    [[nodiscard]] const ZoneSeed& seed() const noexcept { return parts_.header->seed; }

    // The number of sessions evicted since the last report, for one log line by one worker. 0:
    // none, or the last report is less than a minute ago. `now` is in Unix seconds.
    [[nodiscard]] std::uint64_t evictions_to_report(std::int64_t now) noexcept;

    // Cached sessions, in a zone for ZoneUse::copies. The first two functions need no lock.
    [[nodiscard]] CopyVersion copy_version(const session::StoreKey& key) const noexcept;
    void expire_copies() noexcept;
    // Stores the session, unless it was changed since `asked`. Returns false then. A session that
    // is too large is not stored.
    bool put_copy_if_unchanged(const flow::StoredSession& copy, const CopyVersion& asked,
                               std::int64_t now) noexcept;
    // Removes a changed session from the cache. Loads that are in flight cannot store it
    // afterwards.
    void invalidate_copy(const session::StoreKey& key, std::int64_t now) noexcept;

    [[nodiscard]] OnceSet& consumed_values() noexcept { return used_values_; }
    [[nodiscard]] LeaseTable& leases() noexcept { return leases_; }
    [[nodiscard]] RevocationTable& revocations() noexcept { return revocations_; }
    [[nodiscard]] SharedCounters& quotas() noexcept { return quotas_; }
    [[nodiscard]] AttemptTable& attempts() noexcept { return attempts_; }
    [[nodiscard]] SessionTable& sessions() noexcept { return sessions_; }

private:
    struct Parts {
        ZoneHeader* header;
        std::span<CopyVersions> copies;  // one element in a zone for copies, else empty
        std::span<OnceSet::Bucket> consumed_values;
        std::span<SharedCounters::Stripe> quotas;
        std::span<AttemptTable::Stripe> attempts;
        std::span<LeaseTable::Bucket> leases;
        std::span<RevocationTable::Bucket> revocations;
        std::span<std::byte> sessions;
        std::size_t size;
    };
    [[nodiscard]] std::atomic<std::uint32_t>& changes_of(
        const session::StoreKey& key) const noexcept;
    [[nodiscard]] static Parts carve(std::span<std::byte> memory, ZoneUse use) noexcept;

    ZoneUse use_;
    Parts parts_;
    OnceSet used_values_;
    SharedCounters quotas_;
    AttemptTable attempts_;
    LeaseTable leases_;
    RevocationTable revocations_;
    SessionTable sessions_;
};

}  // namespace social::store
