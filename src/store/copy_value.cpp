#include "store/copy_value.hpp"

#include <cstring>
#include <utility>

namespace social::store {

namespace {

constexpr std::size_t kTrailer = sizeof(std::uint64_t) + 1;

}  // namespace

std::string to_bytes(CopyValue value) {
    std::string bytes = std::move(value.sealed);
    bytes.append(reinterpret_cast<const char*>(&value.asked_at), sizeof(value.asked_at));
    bytes += static_cast<char>(value.kind);
    return bytes;
}

std::optional<CopyValue> to_copy(std::string bytes) {
    if (bytes.size() < kTrailer ||
        static_cast<std::uint8_t>(bytes.back()) > static_cast<std::uint8_t>(CopyKind::changed)) {
        return std::nullopt;
    }
    CopyValue value;
    value.kind = static_cast<CopyKind>(bytes.back());
    std::memcpy(&value.asked_at, bytes.data() + bytes.size() - kTrailer, sizeof(value.asked_at));
    bytes.resize(bytes.size() - kTrailer);
    value.sealed = std::move(bytes);
    return value;
}

}  // namespace social::store
