// Sessions over a store: makes ids, seals what is stored and opens it again. One
// object per worker; it refers to the store, the keyring and the clock, which
// outlive it.
//
// Every member throws Failure (store_unavailable) when the store cannot be asked.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret_cache.hpp"
#include "coro/task.hpp"
#include "crypto/keyring.hpp"
#include "flow/clock.hpp"
#include "flow/decrypted_session_cache.hpp"
#include "flow/session_store.hpp"
#include "session/record.hpp"
#include "session/session_id.hpp"

namespace social::flow {

// The user whose session is opened, and when its tokens were good for sure.
struct Joining {
    std::uint64_t owner = 0;  // Owner::hash
    // Clock::monotonic(), before the provider was asked for the tokens.
    std::chrono::milliseconds good_at = std::chrono::milliseconds::max();
    // Asks the provider whether they are good still, and gives the time before it asked. Throws
    // Failure when they are not, or when there is no way to ask. It is called when the user's grant
    // was revoked since good_at, or is being revoked, as often as it takes. None: like one that
    // throws.
    std::function<Task<std::chrono::milliseconds>()> check;
};

// Of a login whose tokens died before its session was stored.
[[nodiscard]] Error grant_revoked();

class Sessions {
public:
    // `ttl`: seconds that a session lives.
    Sessions(SessionStore& store, const crypto::Keyring& keyring, const Clock& clock,
             std::int64_t ttl) noexcept
        : store_(store), keyring_(keyring), clock_(clock), ttl_(ttl) {}

    // Stores a new session under a new id, which becomes the `session` member in front
    // of record.body. created_at, expires_at and generation are set here. Throws Failure
    // (provider_rejected) when the user's grant was revoked and the tokens with it.
    [[nodiscard]] Task<session::SessionId> open(session::Record record, Joining joining = {});

    // Where the session of an id is stored. Nothing for what is no id, or was not sealed by
    // one of our keys: it is refused without a look into the store. What was an id once is
    // one for ever, so those that were asked for last are remembered.
    [[nodiscard]] std::optional<session::StoreKey> key_of(std::string_view id) const;

    // nullptr for a session that is unknown, expired, or of another site: one answer for
    // all. It may be a copy: see Record::cache_status. A record under an old key is written back
    // under the new one, as soon as the store takes writes. `site` outlives the Task.
    [[nodiscard]] Task<SharedRecord> load(session::StoreKey key, std::string_view site);

    // The same without waiting: where the session was opened in this process before, and is
    // what the store has at hand. nullptr says nothing about the session.
    [[nodiscard]] SharedRecord get_cached(const session::StoreKey& key,
                                          std::string_view site) const;

    // The same whatever its site, for those who work in the gateway's own name; never a copy, and
    // not a use of the session (SessionStore::peek()).
    [[nodiscard]] Task<std::optional<session::Record>> load(session::StoreKey key);

    // Stores `record`, changed since load(), as the next generation. False, and nothing is
    // stored, when the session was changed or removed in the meantime.
    [[nodiscard]] Task<bool> update(session::StoreKey key, session::Record record);

    // Removes the session only if it is still in this generation; false otherwise.
    [[nodiscard]] Task<bool> remove_unchanged(session::StoreKey key, std::uint64_t generation);

    // The record that was removed, whose tokens may be newer than those of `known`; `known` where
    // it cannot be opened, nothing when there was none. The caller has loaded `known`, and so
    // checked its site.
    [[nodiscard]] Task<std::optional<session::Record>> remove(session::StoreKey key,
                                                              session::Record known);

private:
    // nullptr for a session that has expired, or of another site.
    [[nodiscard]] SharedRecord admitted(const SharedRecord& record, std::string_view site) const;
    [[nodiscard]] Task<std::optional<session::Opened>> opened(const session::StoreKey& key,
                                                              std::string sealed,
                                                              session::CacheStatus cache_status);
    [[nodiscard]] StoredSession sealed(const session::Record& record,
                                       const session::StoreKey& key) const;

    SessionStore& store_;
    const crypto::Keyring& keyring_;
    const Clock& clock_;
    std::int64_t ttl_;
    mutable base::SecretCache<session::StoreKey> known_ids_;
    DecryptedSessionCache opened_;
};

}  // namespace social::flow
