#include "store/redis_keys.hpp"

#include <array>
#include <cstring>
#include <span>

#include "crypto/digest.hpp"

namespace social::store {

std::string RedisKeys::named(char kind, std::string_view id) const {
    std::string name = prefix_;
    name += kind;
    name += ':';
    name += id;
    return name;
}

std::string RedisKeys::session(const session::StoreKey& key) const {
    return named('s', crypto::hex(key));
}

std::string RedisKeys::owner(std::uint64_t owner) const {
    std::array<std::uint8_t, sizeof(owner)> bytes{};
    std::memcpy(bytes.data(), &owner, sizeof(owner));
    return named('o', crypto::hex(bytes));
}

std::string RedisKeys::digested(char kind, std::string_view name) const {
    constexpr std::size_t kBytes = 16;
    const crypto::Sha256Digest digest = crypto::sha256(name);
    return named(kind, crypto::hex(std::span(digest).first<kBytes>()));
}

}  // namespace social::store
