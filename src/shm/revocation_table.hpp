// Revocations of grants, pending or completed within the last minute. They prevent the storage of
// sessions with revoked tokens. A session is refused if its tokens may be older than the end of a
// revocation.
//
// An owner has one bucket of four entries. A full bucket evicts the entry that ends first. The
// object is a view over shared memory; callers hold the zone's lock. Times are milliseconds of the
// monotonic clock, which all processes of one machine share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace social::store {

class RevocationTable {
public:
    // Milliseconds for which a completed revocation is stored: longer than any login takes.
    static constexpr std::uint64_t kRetention = 60'000;

    struct Slot {
        std::uint64_t owner;
        std::uint64_t holder;   // of the revocation; 0: a session was stored since its end
        std::uint64_t ends_at;  // 0: free; in the future: pending
    };
    static constexpr std::size_t kSlots = 4;  // per bucket
    struct Bucket {
        std::array<Slot, kSlots> entries;
    };

    explicit RevocationTable(std::span<Bucket> buckets) noexcept : buckets_(buckets) {}
    void format() noexcept;

    // Begins the revocation of `claim.owner`. Returns false if another holder has begun one, and no
    // session was stored since.
    struct Claim {
        std::uint64_t owner;
        std::uint64_t holder;
        std::uint64_t now;
        std::uint64_t ends_at;  // deadline of the revocation
    };
    [[nodiscard]] bool begin(const Claim& claim) noexcept;

    // Completes the revocation at claim.ends_at. No effect if another holder has it.
    void end(const Claim& claim) noexcept;

    // Sets a revocation that ends at claim.ends_at, whether or not one is pending.
    void set_completed(const Claim& claim) noexcept { put(claim); }

    // True if a session may be stored whose tokens were issued at or after `issued_at`. It then
    // counts as stored.
    struct Joining {
        std::uint64_t owner;
        std::uint64_t issued_at;
        std::uint64_t now;
    };
    [[nodiscard]] bool admit(const Joining& joining) noexcept;

private:
    [[nodiscard]] Bucket& bucket(std::uint64_t owner) const noexcept;
    [[nodiscard]] Slot* find(std::uint64_t owner, std::uint64_t now) const noexcept;
    void put(const Claim& claim) noexcept;

    std::span<Bucket> buckets_;
};

}  // namespace social::store
