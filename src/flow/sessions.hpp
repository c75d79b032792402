// Sessions on top of a store: generates ids, seals and opens records. One object per worker. The
// store, the keyring and the clock outlive it, and it outlives its Tasks.
//
// Every Task throws Failure (store_unavailable) if the store fails.
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

// The user of a new session, and the time when its tokens were known to be valid.
struct Joining {
    std::uint64_t owner = 0;  // Owner::hash

    // Clock::monotonic(), before the request for the tokens.
    std::chrono::milliseconds good_at = std::chrono::milliseconds::max();

    // Checks the tokens at the provider. Returns Clock::monotonic() before that request. Throws
    // Failure if they are invalid or cannot be checked. Called, repeatedly, if the user's grant was
    // revoked after good_at or is being revoked. If empty, such a session is refused.
    std::function<Task<std::chrono::milliseconds>()> check;
};

// The error (provider_rejected) of a login whose tokens were revoked before its session was stored.
[[nodiscard]] Error grant_revoked();

class Sessions {
public:
    // `ttl` is the lifetime of a session in seconds.
    Sessions(SessionStore& store, const crypto::Keyring& keyring, const Clock& clock,
             std::int64_t ttl) noexcept
        : store_(store), keyring_(keyring), clock_(clock), ttl_(ttl) {}

    // Stores a new session under a new id, which becomes the first member of record.body,
    // `session`. Sets created_at, expires_at and generation. Throws Failure (provider_rejected) if
    // the user's grant, and with it the tokens, was revoked. Also throws the errors of
    // joining.check.
    [[nodiscard]] Task<session::SessionId> open(session::Record record, Joining joining = {});

    // Returns the store key of a session id, or nullopt if no key of the keyring has sealed it. So
    // forged ids cause no load of the store. Valid ids are cached: they never become invalid.
    [[nodiscard]] std::optional<session::StoreKey> key_of(std::string_view id) const;

    // Returns nullptr if the session is unknown, expired, or belongs to another site, without a
    // distinction. It may come from a cache: see Record::cache_status. A record under a retired key
    // is written back under the first key. `site` outlives the Task.
    [[nodiscard]] Task<SharedRecord> load(session::StoreKey key, std::string_view site);

    // The same without suspending: a session that this process has decrypted before, if the store's
    // cache has the same bytes. nullptr is a cache miss.
    [[nodiscard]] SharedRecord get_cached(const session::StoreKey& key,
                                          std::string_view site) const;

    // Loads the session of any site, for internal work. Never cached, and not a use of the session:
    // see SessionStore::peek().
    [[nodiscard]] Task<std::optional<session::Record>> load(session::StoreKey key);

    // Stores the changed `record` as the next generation. Returns false and stores nothing if the
    // session was changed or removed since load().
    [[nodiscard]] Task<bool> update(session::StoreKey key, session::Record record);

    // Removes the session if its generation is `generation`, else returns false.
    [[nodiscard]] Task<bool> remove_unchanged(session::StoreKey key, std::uint64_t generation);

    // Returns the removed record, whose tokens may be newer than those of `loaded`. Returns
    // `loaded` if the removed one cannot be decrypted, or nullopt if there was none. The caller has
    // loaded `loaded`, and so checked its site.
    [[nodiscard]] Task<std::optional<session::Record>> remove(session::StoreKey key,
                                                              session::Record loaded);

private:
    // Returns nullptr if the session has expired or belongs to another site.
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
