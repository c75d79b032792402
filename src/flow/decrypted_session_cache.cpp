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

// A key is a digest: any of its bytes spread well.
std::uint64_t mark_of(const session::StoreKey& key) noexcept {
    std::uint64_t mark = 0;
    std::memcpy(&mark, key.data(), sizeof(mark));
    return mark;
}

auto is_of(const session::StoreKey& key) noexcept {
    return [&key](const DecryptedSessionCache::Slot& place) { return place.key == key; };
}

}  // namespace

const DecryptedSessionCache::Slot* DecryptedSessionCache::find(
    const session::StoreKey& key) const noexcept {
    return slots_.find(mark_of(key), is_of(key));
}

SharedRecord DecryptedSessionCache::put(const session::StoreKey& key, session::Opened opened,
                                        std::string sealed) {
    const bool keeps = opened.record.cache_status != session::CacheStatus::stale &&
                       !opened.with_retired_key && opened.record.body.size() <= kLongest &&
                       opened.sealing <= session::kMaxSealingBytes;
    SharedRecord record = share(std::move(opened.record));
    if (keeps) {
        slots_.put(
            mark_of(key), is_of(key),
            {.key = key, .sealed = std::move(sealed), .sealing = opened.sealing, .record = record});
    }
    return record;
}

}  // namespace social::flow
