// The hash slot of a key: CRC-16/XMODEM modulo 16,384 of the hash tag, or of the whole key without
// one. https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec
// (read 2026-11-27)
#pragma once

#include <cstdint>
#include <string_view>

namespace social::redis {

inline constexpr std::uint16_t kSlots = 16384;

[[nodiscard]] std::uint16_t slot_of(std::string_view key) noexcept;

}  // namespace social::redis
