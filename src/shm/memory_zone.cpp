#include "shm/memory_zone.hpp"

#include <algorithm>
#include <new>
#include <tuple>

#include "base/random.hpp"
#include "crypto/digest.hpp"
#include "shm/arena.hpp"

namespace social::store {

namespace {

// Prefixes of zone names.
constexpr std::string_view kSessions = "social_store:sessions:";
constexpr std::string_view kCopies = "social_store:copies:";

// Increment it with every change of the layout in shared memory.
constexpr std::uint64_t kLayoutVersion = 9;

// "nginx-so" and the version of the layout.
constexpr std::uint64_t kMagic = 0x6e67'696e'782d'736f + kLayoutVersion;

// The parts of a zone: each is 1/n of the whole.
struct Shares {
    std::size_t consumed_values;
    std::size_t quotas;
    std::size_t attempts;
    std::size_t leases;
    std::size_t revocations;
};
constexpr Shares kOfSessions{
    .consumed_values = 16, .quotas = 64, .attempts = 128, .leases = 1024, .revocations = 4096};
constexpr Shares kOfCopies{
    .consumed_values = 1024, .quotas = 1024, .attempts = 1024, .leases = 1024, .revocations = 4096};

constexpr std::int64_t kReportInterval = 60;  // seconds

template <class T>
std::span<T> take_share(Arena& arena, std::size_t bytes) noexcept {
    return arena.take<T>(std::max<std::size_t>(bytes / sizeof(T), 1));
}

std::uint64_t magic_of(ZoneUse use) noexcept {
    constexpr int kUseBit = 32;
    return kMagic ^ static_cast<std::uint64_t>(use) << kUseBit;
}

}  // namespace

std::string zone_name(ZoneUse use, std::string_view contents) {
    std::string name(use == ZoneUse::copies ? kCopies : kSessions);
    name += std::to_string(kLayoutVersion);
    if (!contents.empty()) {
        const crypto::Sha256Digest digest = crypto::sha256(contents);
        name += ':' + crypto::hex(std::span(digest).first(8));
    }
    return name;
}

bool is_zone_of_sessions(std::string_view name) noexcept {
    return name.starts_with(kSessions);
}

MemoryZone::Parts MemoryZone::carve(std::span<std::byte> memory, ZoneUse use) noexcept {
    const Shares& shares = use == ZoneUse::copies ? kOfCopies : kOfSessions;
    Arena arena(memory);
    Parts parts{};
    parts.size = memory.size();
    parts.header = arena.take<ZoneHeader>(1).data();
    parts.copies = arena.take<CopyVersions>(use == ZoneUse::copies ? 1 : 0);
    parts.consumed_values = take_share<OnceSet::Bucket>(arena, parts.size / shares.consumed_values);
    parts.quotas = take_share<SharedCounters::Stripe>(arena, parts.size / shares.quotas);
    parts.attempts = take_share<AttemptTable::Stripe>(arena, parts.size / shares.attempts);
    parts.leases = take_share<LeaseTable::Bucket>(arena, parts.size / shares.leases);
    parts.revocations = take_share<RevocationTable::Bucket>(arena, parts.size / shares.revocations);
    parts.sessions = arena.take<std::byte>(arena.left());
    return parts;
}

MemoryZone::MemoryZone(std::span<std::byte> memory, ZoneUse use) noexcept
    : use_(use),
      parts_(carve(memory, use)),
      used_values_(parts_.consumed_values),
      quotas_(parts_.quotas),
      attempts_(parts_.attempts),
      leases_(parts_.leases),
      revocations_(parts_.revocations),
      sessions_(parts_.sessions) {}

bool MemoryZone::formatted() const noexcept {
    return parts_.header->magic == magic_of(use_) && parts_.header->size == parts_.size;
}

void MemoryZone::format() {
    ZoneSeed seed;
    base::fill_random(seed);
    sessions_.format();
    used_values_.format();
    quotas_.format();
    attempts_.format();
    leases_.format();
    revocations_.format();
    new (parts_.header) ZoneHeader{.magic = magic_of(use_),
                                   .size = parts_.size,
                                   .seed = seed,
                                   .evicted_reported = 0,
                                   .evicted_reported_at = 0};
    for (CopyVersions& copies : parts_.copies) {
        new (&copies) CopyVersions{};
    }
}

// Keys are digests: each byte is uniformly distributed, and clients cannot choose it.
std::atomic<std::uint32_t>& MemoryZone::changes_of(const session::StoreKey& key) const noexcept {
    static_assert(std::tuple_size_v<decltype(CopyVersions::changes)> == 256);
    return parts_.copies.front().changes[key.back()];
}

CopyVersion MemoryZone::copy_version(const session::StoreKey& key) const noexcept {
    return {.epoch = parts_.copies.front().epoch.load(std::memory_order_acquire),
            .changes = changes_of(key).load(std::memory_order_acquire)};
}

void MemoryZone::expire_copies() noexcept {
    parts_.copies.front().epoch.fetch_add(1, std::memory_order_acq_rel);
}

bool MemoryZone::put_copy_if_unchanged(const flow::StoredSession& copy, const CopyVersion& asked,
                                       std::int64_t now) noexcept {
    if (copy_version(copy.key) != asked) {
        return false;
    }
    static_cast<void>(sessions_.save(copy, now));
    return true;
}

void MemoryZone::invalidate_copy(const session::StoreKey& key, std::int64_t now) noexcept {
    changes_of(key).fetch_add(1, std::memory_order_acq_rel);
    sessions_.remove(key, now);
}

std::uint64_t MemoryZone::evictions_to_report(std::int64_t now) noexcept {
    ZoneHeader& header = *parts_.header;
    const std::uint64_t evicted = sessions_.evicted();
    if (evicted == header.evicted_reported ||
        (now >= header.evicted_reported_at && now - header.evicted_reported_at < kReportInterval)) {
        return 0;
    }
    const std::uint64_t unreported = evicted - header.evicted_reported;
    header.evicted_reported = evicted;
    header.evicted_reported_at = now;
    return unreported;
}

}  // namespace social::store
