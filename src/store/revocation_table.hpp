// Revocations of users' grants that are under way, or were over within the last minute: a session
// whose tokens may have been issued before the end of one is not stored. Shared by all processes.
//
// An owner has one bucket of four entries; a full one loses the entry that ends first. A view
// over shared memory, under the zone's lock. Time is the monotonic clock in milliseconds,
// which all processes of one machine share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace social::store {

class RevocationTable {
public:
    // How long the end of a revocation is remembered: longer than any login takes.
    static constexpr std::uint64_t kMemory = 60'000;

    struct Entry {
        std::uint64_t owner;
        std::uint64_t holder;   // who revokes; 0: a session was stored since the end
        std::uint64_t ends_at;  // 0: free; in the future: under way
    };
    static constexpr std::size_t kEntries = 4;  // per bucket
    struct Bucket {
        std::array<Entry, kEntries> entries;
    };

    explicit RevocationTable(std::span<Bucket> buckets) noexcept : buckets_(buckets) {}
    void format() noexcept;

    // Begins the revocation of `claim.owner`, unless one was begun by another holder and no
    // session was stored since. Whether it is the holder's.
    struct Claim {
        std::uint64_t owner;
        std::uint64_t holder;
        std::uint64_t now;
        std::uint64_t ends_at;  // at the latest
    };
    [[nodiscard]] bool begin(const Claim& claim) noexcept;

    // It is over at claim.ends_at. Nothing happens where it is not the holder's.
    void end(const Claim& claim) noexcept;

    // The same, whoever began it, if anybody.
    void set_ended(const Claim& claim) noexcept { put(claim); }

    // Whether a session whose tokens were issued after `issued_at` may be stored; it is taken for
    // stored then.
    struct Joining {
        std::uint64_t owner;
        std::uint64_t issued_at;
        std::uint64_t now;
    };
    [[nodiscard]] bool admit(const Joining& joining) noexcept;

private:
    [[nodiscard]] Bucket& bucket(std::uint64_t owner) const noexcept;
    [[nodiscard]] Entry* find(std::uint64_t owner, std::uint64_t now) const noexcept;
    void put(const Claim& claim) noexcept;

    std::span<Bucket> buckets_;
};

}  // namespace social::store
