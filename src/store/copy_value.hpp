// The serialized entry of the session cache: a header, then the sealed bytes from Redis.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace social::store {

enum class CopyKind : std::uint8_t {
    session,
    absent,  // a negative entry: Redis has no such session
};

struct CopyHead {
    std::uint64_t asked_at = 0;  // time of the request to Redis, in ms of the monotonic clock
    std::uint64_t epoch = 0;     // of the cache at that time; see MemoryStore::expire_copies()
    CopyKind kind = CopyKind::session;
};

struct CopyValue {
    CopyHead head;
    std::string sealed;  // empty for a negative entry
};

inline constexpr std::size_t kCopyHeadSize = 2 * sizeof(std::uint64_t) + 1;

[[nodiscard]] std::string to_bytes(const CopyValue& value);

// These two return nullopt for malformed bytes.
[[nodiscard]] std::optional<CopyHead> head_of(std::string_view bytes);
[[nodiscard]] std::optional<CopyValue> to_copy(std::string bytes);

}  // namespace social::store
