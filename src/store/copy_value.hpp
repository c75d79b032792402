// What the cache keeps of a session: the sealed bytes as they are in Redis, and behind them
// what it was and when Redis was asked for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace social::store {

enum class CopyKind : std::uint8_t {
    session,
    absent,   // Redis had none
    changed,  // somebody changes it: answers that were asked for before are out of date
};

struct CopyValue {
    std::string sealed;          // of a session; empty otherwise
    std::uint64_t asked_at = 0;  // ms of a clock that only goes forward
    CopyKind kind = CopyKind::session;
};

[[nodiscard]] std::string to_bytes(CopyValue value);

// Nothing for what is none.
[[nodiscard]] std::optional<CopyValue> to_copy(std::string bytes);

}  // namespace social::store
