#include "store/redis_keys.hpp"

#include <array>
#include <cstring>
#include <span>

#include "base/ascii.hpp"
#include "crypto/digest.hpp"

namespace social::store {

std::string RedisKeys::named(char kind, std::span<const std::uint8_t> id) const {
    std::string name;
    name.reserve(prefix_.size() + 2 + 2 * id.size());
    name += prefix_;
    name += kind;
    name += ':';
    crypto::append_hex(name, id);
    return name;
}

std::string RedisKeys::session(const session::StoreKey& key) const {
    return named('s', key);
}

std::optional<session::StoreKey> RedisKeys::session_of(std::string_view name) const {
    constexpr int kBits = 4;
    session::StoreKey key{};
    const std::string front = sessions();
    if (!name.starts_with(front) || name.size() != front.size() + 2 * key.size()) {
        return std::nullopt;
    }
    name.remove_prefix(front.size());
    for (std::size_t i = 0; i < key.size(); ++i) {
        const int high = base::hex_value(name[2 * i]);
        const int low = base::hex_value(name[2 * i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        key[i] = static_cast<std::uint8_t>(high << kBits | low);
    }
    return key;
}

// The braces are a hash tag, which selects the slot of a cluster. The prefix has no braces.
std::string RedisKeys::tagged(char kind, std::uint64_t owner) const {
    std::array<std::uint8_t, sizeof(owner)> bytes{};
    std::memcpy(bytes.data(), &owner, sizeof(owner));
    std::string name;
    name.reserve(prefix_.size() + 4 + 2 * bytes.size());
    name += prefix_;
    name += kind;
    name += ":{";
    crypto::append_hex(name, bytes);
    name += '}';
    return name;
}

std::string RedisKeys::owner(std::uint64_t owner) const {
    return tagged('o', owner);
}

std::string RedisKeys::revocation(std::uint64_t owner) const {
    return tagged('r', owner);
}

std::string RedisKeys::former_owner(std::uint64_t owner) const {
    std::array<std::uint8_t, sizeof(owner)> bytes{};
    std::memcpy(bytes.data(), &owner, sizeof(owner));
    return named('o', bytes);
}

std::string RedisKeys::consumed_values(std::span<const std::uint8_t> digest) const {
    return named('f', digest.first<1>());
}

std::string RedisKeys::digested(char kind, std::string_view name) const {
    constexpr std::size_t kBytes = 16;
    const crypto::Sha256Digest digest = crypto::sha256(name);
    return named(kind, std::span(digest).first<kBytes>());
}

}  // namespace social::store
