#include "store/copy_value.hpp"

#include <cstring>
#include <utility>

namespace social::store {

std::string to_bytes(const CopyValue& value) {
    std::string bytes;
    bytes.reserve(kCopyHeadSize + value.sealed.size());
    bytes.append(reinterpret_cast<const char*>(&value.head.asked_at), sizeof(value.head.asked_at));
    bytes.append(reinterpret_cast<const char*>(&value.head.epoch), sizeof(value.head.epoch));
    bytes += static_cast<char>(value.head.kind);
    bytes += value.sealed;
    return bytes;
}

std::optional<CopyHead> head_of(std::string_view bytes) {
    if (bytes.size() < kCopyHeadSize || static_cast<std::uint8_t>(bytes[kCopyHeadSize - 1]) >
                                            static_cast<std::uint8_t>(CopyKind::absent)) {
        return std::nullopt;
    }
    CopyHead head;
    std::memcpy(&head.asked_at, bytes.data(), sizeof(head.asked_at));
    std::memcpy(&head.epoch, bytes.data() + sizeof(head.asked_at), sizeof(head.epoch));
    head.kind = static_cast<CopyKind>(bytes[kCopyHeadSize - 1]);
    return head;
}

std::optional<CopyValue> to_copy(std::string bytes) {
    const std::optional<CopyHead> head = head_of(bytes);
    if (!head) {
        return std::nullopt;
    }
    bytes.erase(0, kCopyHeadSize);
    return CopyValue{.head = *head, .sealed = std::move(bytes)};
}

}  // namespace social::store
