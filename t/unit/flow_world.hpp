// Fakes for tests of flows: a scripted provider, a store in a map, and a stopped clock. Every call
// of a port is one await, numbered from 1. The await with the number `fail_at` throws.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "coro/result_task.hpp"
#include "crypto/keyring.hpp"
#include "flow/ports.hpp"
#include "flow/refresh_queue.hpp"
#include "flow_driver.hpp"
#include "oauth/provider.hpp"

namespace social::test {

inline constexpr std::int64_t kNow = 1700000000;

// Counts the awaits of all ports of one world.
struct Awaits {
    Turns turns;
    int calls = 0;
    int fail_at = 0;

    void count(Kind kind) {
        if (++calls == fail_at) {
            throw flow::Failure(Error{kind, "scripted failure", {}});
        }
    }
};

class FakeHttp final : public flow::Http {
public:
    explicit FakeHttp(Awaits& awaits) : awaits_(awaits) {}

    flow::Task<base::HttpResponse> send(base::HttpRequest request) override {
        requests.push_back(request);
        co_await Turns::Wait(awaits_.turns);
        awaits_.count(Kind::provider_unavailable);
        co_return answer(request);
    }

    // The requests with `part` in the URL.
    [[nodiscard]] std::vector<base::HttpRequest> sent(std::string_view part) const {
        std::vector<base::HttpRequest> found;
        for (const base::HttpRequest& request : requests) {
            if (request.url.find(part) != std::string::npos) {
                found.push_back(request);
            }
        }
        return found;
    }

    std::function<base::HttpResponse(const base::HttpRequest&)> answer;
    std::vector<base::HttpRequest> requests;

private:
    Awaits& awaits_;
};

class FakeStore final : public flow::SessionStore,
                        public flow::OneTimeValues,
                        public flow::RefreshQueue,
                        public flow::Leases {
public:
    explicit FakeStore(Awaits& awaits) : awaits_(awaits) {}

    flow::Task<flow::CachedSession> load_cached(session::StoreKey key) override {
        flow::CachedSession copy;
        copy.sealed = co_await load(key);
        copy.cache_status = cache_status;
        co_return copy;
    }

    bool is_cached(const session::StoreKey& key, std::string_view sealing) override {
        const auto found = entries.find(key);
        return has_cache && found != entries.end() && found->second.sealed.starts_with(sealing);
    }

    flow::Task<std::optional<std::string>> peek(session::StoreKey key) override {
        ++peeks;
        return load(key);
    }

    flow::Task<std::optional<std::string>> load(session::StoreKey key) override {
        ++loads;
        co_await Turns::Wait(awaits_.turns);
        check_readable();
        const auto found = entries.find(key);
        std::optional<std::string> sealed;
        if (found != entries.end()) {
            sealed = found->second.sealed;
        }
        co_return sealed;
    }
    flow::Task<bool> save(flow::StoredSession entry,
                          std::chrono::milliseconds /*token_age*/) override {
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        if (refusals > 0) {
            --refusals;
            co_return false;
        }
        entries[entry.key] = entry;
        co_return true;
    }
    flow::Task<bool> replace(flow::StoredSession entry, std::uint64_t expected) override {
        ++replacements;
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        const auto found = entries.find(entry.key);
        if (found == entries.end() || found->second.generation != expected) {
            co_return false;
        }
        entry.owner = found->second.owner;
        found->second = entry;
        co_return true;
    }
    flow::Task<std::optional<std::string>> remove(session::StoreKey key) override {
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        std::optional<std::string> sealed;
        if (const auto found = entries.find(key); found != entries.end()) {
            sealed = found->second.sealed;
            entries.erase(found);
        }
        co_return sealed;
    }
    flow::Task<bool> remove_unchanged(session::StoreKey key, std::uint64_t expected) override {
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        const auto found = entries.find(key);
        const bool removes = found != entries.end() && found->second.generation == expected;
        if (removes) {
            entries.erase(found);
        }
        co_return removes;
    }
    flow::Task<bool> leave(flow::Departure departure) override {
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        const bool last = std::ranges::none_of(entries, [&departure](const auto& entry) {
            return entry.second.owner == departure.owner.hash;
        });
        co_return departure.time.count() > 0 && last&& revoking.insert(departure.owner.hash).second;
    }
    flow::Task<void> end_revocation(flow::Revocation revocation) override {
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        revoking.erase(revocation.owner);
    }
    flow::Task<std::vector<session::StoreKey>> remove_owner(flow::Owner owner) override {
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        std::vector<session::StoreKey> removed;
        std::erase_if(entries, [&owner, &removed](const auto& entry) {
            const bool theirs = entry.second.owner == owner.hash;
            if (theirs) {
                removed.push_back(entry.first);
            }
            return theirs;
        });
        co_return removed;
    }
    flow::Task<bool> consume(std::string once, std::int64_t ttl) override {
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        spent_for = ttl;
        co_return spent.insert(once).second;
    }

    flow::Task<std::vector<flow::DueSession>> claim_due(flow::DueLimits limits) override {
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        std::vector<flow::DueSession> due;
        for (const auto& [key, entry] : entries) {
            if (due.size() < limits.limit && entry.refresh_at != 0) {
                due.push_back({.key = key, .generation = entry.generation});
            }
        }
        co_return due;
    }
    flow::Task<bool> claim_lease(flow::LeaseClaim claim) override {
        ++claims;
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        const auto [lease, made] = leases.try_emplace(claim.name, claim.holder);
        co_return lease->second == claim.holder;
    }
    flow::Task<void> release_lease(flow::LeaseClaim claim) override {
        co_await Turns::Wait(awaits_.turns);
        check_writable();
        if (const auto lease = leases.find(claim.name);
            lease != leases.end() && lease->second == claim.holder) {
            leases.erase(lease);
        }
    }

    std::map<session::StoreKey, flow::StoredSession> entries;
    std::map<std::string, std::uint64_t> leases;  // holder by name; only a release ends a lease
    std::set<std::string> spent;
    std::set<std::uint64_t> revoking;  // owners
    int refusals = 0;                  // save() calls that return false
    std::int64_t spent_for = 0;        // ttl of the last consume(), in seconds
    bool has_cache = true;             // is_cached() may return true
    session::CacheStatus cache_status = session::CacheStatus::hit;  // of load_cached()
    bool down = false;                                              // every call fails
    bool read_only = false;                                         // every write fails
    int claims = 0;
    int loads = 0;  // including peeks
    int peeks = 0;
    int replacements = 0;

private:
    void check_readable() {
        awaits_.count(Kind::store_unavailable);
        if (down) {
            throw flow::Failure(Error{Kind::store_unavailable, "the store is down", {}});
        }
    }
    void check_writable() {
        check_readable();
        if (read_only) {
            throw flow::Failure(Error{Kind::store_unavailable, "the store is read-only", {}});
        }
    }

    Awaits& awaits_;
};

class FixedClock final : public flow::Clock {
public:
    [[nodiscard]] std::int64_t now() const noexcept override { return time; }
    [[nodiscard]] std::chrono::milliseconds monotonic() const noexcept override {
        return std::chrono::seconds(time);
    }
    std::int64_t time = kNow;
};

class FakeTimer final : public flow::Timer {
public:
    explicit FakeTimer(Awaits& awaits) : awaits_(awaits) {}
    flow::Task<void> sleep(std::chrono::milliseconds /*delay*/) override {
        co_await Turns::Wait(awaits_.turns);
    }

private:
    Awaits& awaits_;
};

inline crypto::KeyBytes key_of(std::uint8_t byte) {
    crypto::KeyBytes bytes{};
    bytes.fill(byte);
    return bytes;
}

struct World {
    Awaits awaits;
    FakeHttp http{awaits};
    FakeStore store{awaits};
    FixedClock clock;
    FakeTimer timer{awaits};
    crypto::Keyring keyring{key_of(7)};
    flow::Ports ports{http, store, store, store, clock, timer, awaits.turns};
};

inline base::HttpResponse json_answer(int status, std::string body) {
    base::HttpResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

inline std::string header_of(const base::HttpRequest& request, std::string_view name) {
    for (const base::HttpHeader& header : request.headers) {
        if (header.name == name) {
            return header.value;
        }
    }
    return {};
}

// A provider block of the given type, with all defaults.
inline oauth::Provider provider_of(std::string_view type, std::string_view name = "facebook") {
    oauth::ProviderSettings settings;
    settings.name = name;
    settings.type = type;
    settings.client_id = "1234567890";
    settings.client_secret = base::Secret("0123456789abcdef0123456789abcdef");
    settings.authorize_url = "https://provider.example/authorize";
    settings.token_url = "https://provider.example/token";
    settings.profile_url = "https://provider.example/profile";
    auto made = oauth::make_provider(std::move(settings));
    if (!made) {
        throw std::logic_error(std::string(made.error().what));
    }
    return std::move(*made);
}

// The same without endpoints of the block's own, for types with complete rows.
inline oauth::Provider stock_provider(std::string_view type, std::string_view name = "facebook") {
    oauth::ProviderSettings settings;
    settings.name = name;
    settings.type = type;
    settings.client_id = "1234567890";
    settings.client_secret = base::Secret("0123456789abcdef0123456789abcdef");
    auto made = oauth::make_provider(std::move(settings));
    if (!made) {
        throw std::logic_error(std::string(made.error().what));
    }
    return std::move(*made);
}

}  // namespace social::test
