#include "flow/sessions.hpp"

#include <stdexcept>
#include <utility>

#include "base/random.hpp"
#include "coro/result_task.hpp"
#include "oauth/refresh_request.hpp"

namespace social::flow {

namespace {

// The inner text of an id is base64 and a colon, so it needs no JSON escapes.
std::string with_session_member(std::string_view body, const session::SessionId& id) {
    if (!body.starts_with('{') || !body.ends_with('}')) {
        throw std::logic_error("a session's body is a JSON object");
    }
    std::string out = R"({"session":")";
    out += id.inner;
    out += '"';
    out += body == "{}" ? "" : ",";
    out += body.substr(1);
    return out;
}

}  // namespace

Error grant_revoked() {
    return Error{.kind = Kind::provider_rejected,
                 .what = "the provider revoked the grant during the login",
                 .detail = {}};
}

StoredSession Sessions::sealed(const session::Record& record, const session::StoreKey& key) const {
    StoredSession entry;
    entry.key = key;
    entry.sealed = session::encode(record, key, keyring_);
    entry.expires_at = record.expires_at;
    entry.refresh_at = record.refresh_at < record.expires_at ? record.refresh_at : 0;
    entry.generation = record.generation;
    return entry;
}

Task<session::SessionId> Sessions::open(session::Record record, Joining joining) {
    session::Reference reference{};
    base::fill_random(reference);
    session::SessionId id = session::make_session_id(reference, keyring_);
    record.body = with_session_member(record.body, id);
    record.created_at = clock_.now();
    record.expires_at = record.created_at + ttl_;
    record.generation = 1;

    const session::StoreKey key = session::store_key(reference);
    while (true) {
        StoredSession entry = sealed(record, key);
        entry.owner = joining.owner;
        entry.may_grow_by = entry.refresh_at != 0 ? oauth::kMaxGrowth : 0;
        const std::chrono::milliseconds age = clock_.monotonic() - joining.good_at;
        const bool saved = co_await store_.save(std::move(entry), age);
        if (saved) {
            co_return id;
        }
        if (!joining.check) {
            throw Failure(grant_revoked());
        }
        joining.good_at = co_await joining.check();
    }
}

std::optional<session::StoreKey> Sessions::key_of(std::string_view id) const {
    if (const session::StoreKey* cached = known_ids_.find(id)) {
        return *cached;
    }
    const std::optional<session::Reference> reference = session::open_session_id(id, keyring_);
    if (!reference) {
        return std::nullopt;
    }
    return known_ids_.put(id, session::store_key(*reference));
}

// Returns nullopt if the bytes are no session sealed with our keys, or it has expired.
Task<std::optional<session::Opened>> Sessions::opened(const session::StoreKey& key,
                                                      std::string sealed,
                                                      session::CacheStatus cache_status) {
    Result<session::Opened> opened = session::decode(std::move(sealed), key, keyring_);
    if (!opened || opened->record.expires_at <= clock_.now()) {
        co_return std::nullopt;
    }
    opened->record.cache_status = cache_status;
    if (opened->with_retired_key && cache_status != session::CacheStatus::stale) {
        StoredSession entry = this->sealed(opened->record, key);
        const std::uint64_t generation = entry.generation;
        // If another worker has changed the session meanwhile, its version is newer. An error of
        // the store must not fail the read; the next read retries the write.
        static_cast<void>(co_await as_result(store_.replace(std::move(entry), generation)));
    }
    co_return std::move(*opened);
}

Task<SharedRecord> Sessions::load(session::StoreKey key, std::string_view site) {
    CachedSession copy = co_await store_.load_cached(key);
    if (!copy.sealed) {
        co_return nullptr;
    }
    const DecryptedSessionCache::Slot* cached = opened_.find(key);
    if (cached != nullptr && cached->record->cache_status == copy.cache_status &&
        cached->sealed == *copy.sealed) {
        co_return admitted(cached->record, site);
    }
    std::string sealed = *copy.sealed;
    std::optional<session::Opened> opened =
        co_await this->opened(key, std::move(*copy.sealed), copy.cache_status);
    if (!opened) {
        co_return nullptr;
    }
    co_return admitted(opened_.put(key, std::move(*opened), std::move(sealed)), site);
}

SharedRecord Sessions::admitted(const SharedRecord& record, std::string_view site) const {
    const bool good = record->site == site && record->expires_at > clock_.now();
    return good ? record : nullptr;
}

SharedRecord Sessions::get_cached(const session::StoreKey& key, std::string_view site) const {
    const DecryptedSessionCache::Slot* cached = opened_.find(key);
    if (cached == nullptr || cached->record->cache_status != session::CacheStatus::hit ||
        !store_.is_cached(key, std::string_view(cached->sealed).substr(0, cached->sealing))) {
        return nullptr;
    }
    return admitted(cached->record, site);
}

Task<std::optional<session::Record>> Sessions::load(session::StoreKey key) {
    std::optional<std::string> sealed = co_await store_.peek(key);
    if (!sealed) {
        co_return std::nullopt;
    }
    std::optional<session::Opened> opened =
        co_await this->opened(key, std::move(*sealed), session::CacheStatus::hit);
    if (!opened) {
        co_return std::nullopt;
    }
    co_return std::move(opened->record);
}

Task<bool> Sessions::update(session::StoreKey key, session::Record record) {
    const std::uint64_t loaded = record.generation++;
    StoredSession entry = sealed(record, key);
    co_return co_await store_.replace(std::move(entry), loaded);
}

Task<bool> Sessions::remove_unchanged(session::StoreKey key, std::uint64_t generation) {
    co_return co_await store_.remove_unchanged(key, generation);
}

Task<std::optional<session::Record>> Sessions::remove(session::StoreKey key,
                                                      session::Record loaded) {
    std::optional<std::string> sealed = co_await store_.remove(key);
    if (!sealed) {
        co_return std::nullopt;
    }
    Result<session::Opened> opened = session::decode(std::move(*sealed), key, keyring_);
    if (!opened) {
        co_return std::move(loaded);
    }
    co_return std::move(opened->record);
}

}  // namespace social::flow
