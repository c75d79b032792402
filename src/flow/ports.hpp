// What flows need of the world, as interfaces. loop/ and store/ implement them;
// unit tests implement them with fakes, so that a flow can be tested to the byte
// without nginx, a network or a clock.
//
// All strings that a port takes are values or outlive the awaited call.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/http_message.hpp"
#include "flow/task.hpp"
#include "session/record.hpp"

namespace social::flow {

class Http {
public:
    // The provider's answer, whatever its status. Throws Failure
    // (provider_unavailable) when there is none: DNS, TLS, time-out, a body
    // over base::kMaxResponseBody. Redirects are not followed.
    virtual Task<base::HttpResponse> send(base::HttpRequest request) = 0;

protected:
    ~Http() = default;
};

// What a store keeps of one session. The bytes are sealed: a store cannot read them.
struct StoredSession {
    session::StoreKey key{};
    std::string sealed;
    std::uint64_t owner = 0;       // hash of provider and user id; 0: none. For remove_owner()
    std::int64_t expires_at = 0;   // Unix seconds
    std::int64_t refresh_at = 0;   // when its tokens want refreshing; 0: never
    std::uint64_t generation = 0;  // of the sealed record
};

// Every member throws Failure (store_unavailable) when the store cannot do it.
class SessionStore {
public:
    // The sealed bytes, or nothing for an unknown or expired key.
    virtual Task<std::optional<std::string>> load(session::StoreKey key) = 0;

    // Creates or overwrites.
    virtual Task<void> save(StoredSession entry) = 0;

    // Overwrites only a session that still exists in generation `expected`;
    // false otherwise. So a refresh never resurrects a deleted session.
    virtual Task<bool> replace(StoredSession entry, std::uint64_t expected) = 0;

    // True when there was one.
    virtual Task<bool> remove(session::StoreKey key) = 0;

    // Removes all sessions of one user of one provider; how many there were.
    virtual Task<std::uint64_t> remove_owner(std::uint64_t owner) = 0;

    // Marks a one-time value (a login's id) as used for `ttl` seconds: true for
    // exactly one caller over all workers (and instances), false ever after.
    virtual Task<bool> spend(std::string once, std::int64_t ttl) = 0;

protected:
    ~SessionStore() = default;
};

class Clock {
public:
    [[nodiscard]] virtual std::int64_t now() const noexcept = 0;  // Unix seconds

protected:
    ~Clock() = default;
};

class Timer {
public:
    virtual Task<void> sleep(std::chrono::milliseconds delay) = 0;

protected:
    ~Timer() = default;
};

struct Ports {
    Http& http;
    SessionStore& store;
    const Clock& clock;
    Timer& timer;
};

}  // namespace social::flow
