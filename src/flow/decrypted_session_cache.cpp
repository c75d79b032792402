#include "flow/decrypted_session_cache.hpp"

#include <cstring>
#include <utility>

#include "base/secret.hpp"

namespace social::flow {

SharedRecord share(session::Record record) {
    return {new session::Record(std::move(record)), [](session::Record* last) {
                base::wipe(last->body);
                delete last;
            }};
}

namespace {

// A key is a digest, so any of its bytes are a good hash.
std::uint64_t hash_of(const session::StoreKey& key) noexcept {
    std::uint64_t hash = 0;
    std::memcpy(&hash, key.data(), sizeof(hash));
    return hash;
}

auto has_key(const session::StoreKey& key) noexcept {
    return [&key](const DecryptedSessionCache::Slot& slot) { return slot.key == key; };
}

}  // namespace

const DecryptedSessionCache::Slot* DecryptedSessionCache::find(
    const session::StoreKey& key) const noexcept {
    return slots_.find(hash_of(key), has_key(key));
}

SharedRecord DecryptedSessionCache::put(const session::StoreKey& key, session::Opened opened,
                                        std::string sealed) {
    const bool cacheable = opened.record.cache_status != session::CacheStatus::stale &&
                           !opened.with_retired_key && opened.record.body.size() <= kLongest &&
                           opened.sealing <= session::kMaxSealingBytes;
    SharedRecord record = share(std::move(opened.record));
    if (cacheable) {
        slots_.put(
            hash_of(key), has_key(key),
            {.key = key, .sealed = std::move(sealed), .sealing = opened.sealing, .record = record});
    }
    return record;
}

}  // namespace social::flow
