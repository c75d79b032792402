// The layout of the shared zone: a header, the used one-time values, the counters of quotas and of
// attempts, the leases, the revocations, and in all the rest the sessions. Shares of the whole:
// 1/16 for used values (65,536 per 8 MiB), 1/64 for quotas, 1/128 for attempts, 1/1024 for leases,
// 1/4096 for revocations. A zone for copies of what Redis has needs hardly any of that: 1/1024 for
// each.
//
// A view that MemoryStore makes in each process over the memory it was given.
// Sessions, used values, leases and revocations need the zone's lock, counters have their own.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/attempt_table.hpp"
#include "store/lease_table.hpp"
#include "store/once_set.hpp"
#include "store/revocation_table.hpp"
#include "store/session_table.hpp"
#include "store/shared_counters.hpp"
#include "store/zone_seed.hpp"

namespace social::store {

// When copies of what is stored elsewhere are out of date. In shared memory.
struct CopyVersions {
    // Counts how often all copies were invalidated at once.
    std::atomic<std::uint64_t> epoch;
    // Counts the changes of sessions, by a part of their keys.
    std::array<std::atomic<std::uint32_t>, 256> changes;
};

// In shared memory.
struct ZoneHeader {
    std::uint64_t magic;
    std::uint64_t size;  // bytes of the whole
    ZoneSeed seed;       // made with the layout, so that it lives as long as the entries
    std::uint64_t evicted_reported;
    std::int64_t evicted_reported_at;  // Unix seconds
};

// State of a session's copy before the origin is asked for it.
struct CopyVersion {
    std::uint64_t epoch = 0;
    std::uint32_t changes = 0;

    friend bool operator==(const CopyVersion&, const CopyVersion&) = default;
};

enum class ZoneUse : std::uint8_t { sessions, copies };

// The name under which nginx keeps the memory over a reload: role and version of the layout, so
// that memory of another layout is never found under it. `contents` tells zones of one role
// apart, as copies of two Redis; empty: there is one.
[[nodiscard]] std::string zone_name(ZoneUse use, std::string_view contents);
// Of any layout.
[[nodiscard]] bool is_zone_of_sessions(std::string_view name) noexcept;

class MemoryZone {
public:
    static constexpr std::size_t kMinSize = 128 * 1024;  // bytes

    // `memory` has at least kMinSize bytes and keeps its place while this lives.
    explicit MemoryZone(std::span<std::byte> memory, ZoneUse use = ZoneUse::sessions) noexcept;

    // Whether the memory holds a zone of this layout and size already.
    [[nodiscard]] bool formatted() const noexcept;
    // Throws as base::fill_random() does, before it changes anything.
    void format();

    // For seeded_digest() of every name in the zone.
    [[nodiscard]] const ZoneSeed& seed() const noexcept { return parts_.header->seed; }

    // Sessions dropped for room since the last report; 0 within a minute of it, and when
    // there is nothing to tell. For one line of the log by one worker.
    [[nodiscard]] std::uint64_t evictions_to_report(std::int64_t now) noexcept;

    // Copies of sessions that are stored elsewhere, in a zone for copies. The first two need no
    // lock.
    [[nodiscard]] CopyVersion copy_version(const session::StoreKey& key) const noexcept;
    void expire_copies() noexcept;
    // Stores the copy, unless the session was changed since `asked`: false then. What does not
    // fit is not stored.
    bool put_copy_if_unchanged(const flow::StoredSession& copy, const CopyVersion& asked,
                               std::int64_t now) noexcept;
    // Drops the copy of a session that was changed; no answer that was asked for before is
    // stored from then on.
    void invalidate_copy(const session::StoreKey& key, std::int64_t now) noexcept;

    [[nodiscard]] OnceSet& used_values() noexcept { return used_values_; }
    [[nodiscard]] LeaseTable& leases() noexcept { return leases_; }
    [[nodiscard]] RevocationTable& revocations() noexcept { return revocations_; }
    [[nodiscard]] SharedCounters& quotas() noexcept { return quotas_; }
    [[nodiscard]] AttemptTable& attempts() noexcept { return attempts_; }
    [[nodiscard]] SessionTable& sessions() noexcept { return sessions_; }

private:
    struct Parts {
        ZoneHeader* header;
        std::span<CopyVersions> copies;  // one in a zone for copies, else none
        std::span<OnceSet::Bucket> used_values;
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
