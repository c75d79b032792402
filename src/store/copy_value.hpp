// What the cache keeps of a session: what it was and when Redis was asked for it, and behind
// that the sealed bytes as they are in Redis.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace social::store {

enum class CopyKind : std::uint8_t {
    session,
    absent,   // Redis had none
    changed,  // somebody changes it: answers that were asked for before are out of date
};

struct CopyHead {
    std::uint64_t asked_at = 0;  // ms of a clock that only goes forward
    CopyKind kind = CopyKind::session;
};

struct CopyValue {
    CopyHead head;
    std::string sealed;  // of a session; empty otherwise
};

inline constexpr std::size_t kCopyHeadSize = sizeof(std::uint64_t) + 1;

[[nodiscard]] std::string to_bytes(const CopyValue& value);

// Nothing for what is none.
[[nodiscard]] std::optional<CopyHead> head_of(std::string_view bytes);
[[nodiscard]] std::optional<CopyValue> to_copy(std::string bytes);

}  // namespace social::store
