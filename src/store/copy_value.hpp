// An entry of the session cache: a head, and behind it the sealed bytes as they are in Redis.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace social::store {

enum class CopyKind : std::uint8_t {
    session,
    absent,  // Redis has none
};

struct CopyHead {
    std::uint64_t asked_at = 0;  // when Redis was asked: ms of a clock that only goes forward
    std::uint64_t epoch = 0;     // of the cache at that time: see MemoryStore::expire_copies()
    CopyKind kind = CopyKind::session;
};

struct CopyValue {
    CopyHead head;
    std::string sealed;  // of a session; empty otherwise
};

inline constexpr std::size_t kCopyHeadSize = 2 * sizeof(std::uint64_t) + 1;

[[nodiscard]] std::string to_bytes(const CopyValue& value);

// Nothing for what is none.
[[nodiscard]] std::optional<CopyHead> head_of(std::string_view bytes);
[[nodiscard]] std::optional<CopyValue> to_copy(std::string bytes);

}  // namespace social::store
