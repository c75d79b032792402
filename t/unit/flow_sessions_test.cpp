#include "flow/sessions.hpp"

#include <string>
#include "catch.hpp"

#include "base/json.hpp"
#include "crypto/digest.hpp"
#include "flow_world.hpp"
#include "oauth/refresh_request.hpp"

using namespace social;
using flow::Sessions;
using flow::Task;
using test::run;
using test::World;

namespace {

constexpr std::int64_t kTtl = 86400;

session::Record record() {
    session::Record made;
    made.site = "169";
    made.provider = "facebook";
    made.user_id = "508";
    made.body = R"({"profile":{"id":"508"},"token":"EAAG"})";
    made.access_token = base::Secret("EAAG");
    return made;
}

session::SessionId opened(World& world, Sessions& sessions) {
    flow::Joining joining;
    joining.owner = 77;
    Task<session::SessionId> task = sessions.open(record(), joining);
    return run(task, world.awaits.turns);
}

flow::SharedRecord loaded(World& world, Sessions& sessions, std::string id,
                          std::string site = "169") {
    const std::optional<session::StoreKey> key = sessions.key_of(id);
    if (!key) {
        return nullptr;
    }
    Task<flow::SharedRecord> task = sessions.load(*key, site);
    return run(task, world.awaits.turns);
}

// A session under the keyring of `world`, and the Sessions of a gateway with a new first key.
struct RotatedKeyring {
    World world;
    Sessions before{world.store, world.keyring, world.clock, kTtl};
    session::SessionId id = opened(world, before);
    crypto::Keyring keyring = crypto::Keyring::parse(
                                  "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=\n"
                                  "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n")
                                  .value();
    Sessions after{world.store, keyring, world.clock, kTtl};
};

}  // namespace

TEST_CASE("a new session is stored sealed and found by its id", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const session::SessionId id = opened(world, sessions);
    CHECK(id.text.size() == session::kIdLength);
    REQUIRE(world.store.entries.size() == 1);
    const flow::StoredSession& entry = world.store.entries.begin()->second;
    CHECK(entry.sealed.find("EAAG") == std::string::npos);
    CHECK(entry.expires_at == test::kNow + kTtl);
    CHECK(entry.refresh_at == 0);
    CHECK(entry.generation == 1);
    CHECK(entry.owner == 77);

    const auto found = loaded(world, sessions, id.text);
    REQUIRE(found != nullptr);
    CHECK(found->body ==
          R"({"session":")" + id.inner + R"(","profile":{"id":"508"},"token":"EAAG"})");
    CHECK(base::Json::parse(found->body).value().member("session").text() == id.inner);
    CHECK(found->created_at == test::kNow);
    CHECK(found->access_token.reveal() == "EAAG");
    CHECK(world.store.replacements == 0);
}

TEST_CASE("a body without members gets its session member alone", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    session::Record bare = record();
    bare.body = "{}";
    Task<session::SessionId> task = sessions.open(std::move(bare));
    const session::SessionId id = run(task, world.awaits.turns);
    CHECK(loaded(world, sessions, id.text)->body == R"({"session":")" + id.inner + R"("})");
}

TEST_CASE("an id that no key of the keyring sealed is refused without a load", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const session::SessionId id = opened(world, sessions);
    std::string flipped = id.text;
    flipped[10] = flipped[10] == 'A' ? 'B' : 'A';
    for (const std::string& bad : {std::string(), std::string("*"), std::string("../../x"), flipped,
                                   id.text + "/", id.inner, std::string(1000000, 'a')}) {
        CHECK(loaded(world, sessions, bad) == nullptr);
    }
    CHECK(world.store.loads == 0);
}

TEST_CASE("a session of another site and an expired one are unknown", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const session::SessionId id = opened(world, sessions);
    CHECK(loaded(world, sessions, id.text, "170") == nullptr);
    CHECK(loaded(world, sessions, id.text, "") == nullptr);
    world.clock.time = test::kNow + kTtl - 1;
    CHECK(loaded(world, sessions, id.text) != nullptr);
    world.clock.time = test::kNow + kTtl;
    CHECK(loaded(world, sessions, id.text) == nullptr);
}

TEST_CASE("two swapped stored sessions do not decrypt", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const session::SessionId one = opened(world, sessions);
    const session::SessionId two = opened(world, sessions);
    REQUIRE(world.store.entries.size() == 2);
    auto first = world.store.entries.begin();
    std::swap(first->second.sealed, std::next(first)->second.sealed);
    CHECK(loaded(world, sessions, one.text) == nullptr);
    CHECK(loaded(world, sessions, two.text) == nullptr);
}

TEST_CASE("a stored session that was cut or changed is no session", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const session::SessionId id = opened(world, sessions);
    std::string& sealed = world.store.entries.begin()->second.sealed;
    const std::string whole = sealed;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, whole.size() - 1}) {
        sealed = whole.substr(0, size);
        CHECK(loaded(world, sessions, id.text) == nullptr);
    }
    sealed = whole;
    sealed.back() = static_cast<char>(sealed.back() ^ 1);
    CHECK(loaded(world, sessions, id.text) == nullptr);
}

TEST_CASE("a session under a retired key is read and written back under the first key", "[flow]") {
    RotatedKeyring rotated;
    World& world = rotated.world;
    Sessions& after = rotated.after;
    const session::SessionId& id = rotated.id;
    const std::string sealed = world.store.entries.begin()->second.sealed;

    REQUIRE(loaded(world, after, id.text) != nullptr);
    CHECK(world.store.replacements == 1);
    CHECK(world.store.entries.begin()->second.sealed != sealed);
    CHECK(world.store.entries.begin()->second.expires_at == test::kNow + kTtl);
    REQUIRE(loaded(world, after, id.text) != nullptr);
    CHECK(world.store.replacements == 1);
}

TEST_CASE("a session under a retired key is read while the store is read-only", "[flow]") {
    RotatedKeyring rotated;
    World& world = rotated.world;
    Sessions& after = rotated.after;
    const session::SessionId& id = rotated.id;
    world.store.read_only = true;
    REQUIRE(loaded(world, after, id.text) != nullptr);
    Task<std::optional<session::Record>> load = after.load(after.key_of(id.text).value());
    CHECK(run(load, world.awaits.turns));
    CHECK(world.store.replacements == 2);
    world.store.read_only = false;
    const std::string sealed = world.store.entries.begin()->second.sealed;
    REQUIRE(loaded(world, after, id.text) != nullptr);
    CHECK(world.store.entries.begin()->second.sealed != sealed);

    world.store.cache_status = session::CacheStatus::stale;
    world.store.entries.begin()->second.sealed = sealed;
    const int replacements = world.store.replacements;
    REQUIRE(loaded(world, after, id.text) != nullptr);
    CHECK(world.store.replacements == replacements);
}

TEST_CASE("a session that can be refreshed is stored only with room for its new tokens", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    opened(world, sessions);
    CHECK(world.store.entries.begin()->second.may_grow_by == 0);
    world.store.entries.clear();
    session::Record refreshable = record();
    refreshable.refresh_at = test::kNow + 100;
    Task<session::SessionId> task = sessions.open(std::move(refreshable));
    static_cast<void>(run(task, world.awaits.turns));
    CHECK(world.store.entries.begin()->second.may_grow_by == oauth::kMaxGrowth);
}

TEST_CASE("a session that is removed meanwhile is not restored under the first key", "[flow]") {
    RotatedKeyring rotated;
    World& world = rotated.world;
    Sessions& after = rotated.after;
    const session::SessionId& id = rotated.id;
    test::TestDriver driver;
    Task<flow::SharedRecord> task = after.load(after.key_of(id.text).value(), "169");
    task.start(driver);
    CHECK(world.awaits.turns.step());
    world.store.entries.clear();
    CHECK(world.awaits.turns.step());
    REQUIRE(task.done());
    CHECK(world.store.entries.empty());
}

TEST_CASE("a decrypted session is cached while the store has the same sealing", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const std::string id = opened(world, sessions).text;
    const session::StoreKey key = sessions.key_of(id).value();
    CHECK(sessions.get_cached(key, "169") == nullptr);

    const flow::SharedRecord first = loaded(world, sessions, id);
    REQUIRE(first != nullptr);
    const int loads = world.store.loads;
    CHECK(sessions.get_cached(key, "169") == first);
    CHECK(world.store.loads == loads);
    CHECK(sessions.get_cached(key, "170") == nullptr);

    SECTION("not when another generation is stored") {
        session::Record changed = *first;
        changed.refresh_failures = 1;
        Task<bool> update = sessions.update(key, changed);
        REQUIRE(run(update, world.awaits.turns));
        CHECK(sessions.get_cached(key, "169") == nullptr);
        REQUIRE(loaded(world, sessions, id) != nullptr);
        REQUIRE(sessions.get_cached(key, "169") != nullptr);
        CHECK(sessions.get_cached(key, "169")->refresh_failures == 1);
    }
    SECTION("not when it is gone") {
        world.store.entries.clear();
        CHECK(sessions.get_cached(key, "169") == nullptr);
    }
    SECTION("not when it has expired") {
        world.clock.time += kTtl;
        CHECK(sessions.get_cached(key, "169") == nullptr);
    }
    SECTION("not when the store has to be asked") {
        world.store.has_cache = false;
        CHECK(sessions.get_cached(key, "169") == nullptr);
    }
}

TEST_CASE("a reply of Redis is decrypted once, and again when a bit of it has changed", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    world.store.has_cache = false;
    world.store.cache_status = session::CacheStatus::miss;
    const std::string id = opened(world, sessions).text;
    const flow::SharedRecord first = loaded(world, sessions, id);
    REQUIRE(first != nullptr);
    CHECK(first->cache_status == session::CacheStatus::miss);
    CHECK(loaded(world, sessions, id) == first);
    CHECK(loaded(world, sessions, id, "170") == nullptr);

    std::string& sealed = world.store.entries.begin()->second.sealed;
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        sealed[at] = static_cast<char>(sealed[at] ^ 1);
        CHECK(loaded(world, sessions, id) == nullptr);
        sealed[at] = static_cast<char>(sealed[at] ^ 1);
    }
    CHECK(loaded(world, sessions, id) == first);
    world.clock.time += kTtl;
    CHECK(loaded(world, sessions, id) == nullptr);
}

TEST_CASE("a stale session and a long one are not cached", "[flow]") {
    flow::DecryptedSessionCache memory;
    const session::StoreKey key{1};
    session::Opened session{.record = record(), .sealing = 5};
    session.record.cache_status = session::CacheStatus::stale;
    REQUIRE(memory.put(key, session, "nonce") != nullptr);
    CHECK(memory.find(key) == nullptr);
    session.record.cache_status = session::CacheStatus::hit;
    session.record.body.resize(flow::DecryptedSessionCache::kLongest + 1, 'x');
    CHECK(memory.put(key, session, "nonce")->body == session.record.body);
    CHECK(memory.find(key) == nullptr);
    session.record.body.pop_back();
    static_cast<void>(memory.put(key, session, "nonce"));
    REQUIRE(memory.find(key) != nullptr);
    CHECK(memory.find(key)->record->body == session.record.body);
    CHECK(memory.find(key)->sealed == "nonce");
}

TEST_CASE("sessions beyond the capacity evict each other, and none is mistaken for another",
          "[flow]") {
    flow::DecryptedSessionCache memory;
    // Store keys are digests: with so many of them every set is full.
    const auto key_of = [](std::size_t number) { return crypto::sha256(std::to_string(number)); };
    constexpr std::size_t kSessions = 8 * flow::DecryptedSessionCache::kSlots;
    for (std::size_t i = 0; i < kSessions; ++i) {
        session::Opened session{.record = record(), .sealing = 5};
        session.record.user_id = std::to_string(i);
        static_cast<void>(memory.put(key_of(i), session, "nonce"));
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < kSessions; ++i) {
        if (const flow::DecryptedSessionCache::Slot* slot = memory.find(key_of(i))) {
            CHECK(slot->record->user_id == std::to_string(i));
            ++kept;
        }
    }
    CHECK(kept == flow::DecryptedSessionCache::kSlots);
}

TEST_CASE("a cached id has the same store key, and admits no other id", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const std::string id = opened(world, sessions).text;
    const auto key = sessions.key_of(id);
    REQUIRE(key.has_value());
    CHECK(sessions.key_of(id) == key);
    CHECK(session::store_key(session::open_session_id(id, world.keyring).value()) == *key);
    for (std::size_t at = 0; at < id.size(); ++at) {
        std::string other = id;
        other[at] = other[at] == 'A' ? 'B' : 'A';
        CHECK_FALSE(sessions.key_of(other).has_value());
    }
    CHECK_FALSE(sessions.key_of(id + "A").has_value());
    CHECK_FALSE(sessions.key_of(id.substr(1)).has_value());
    CHECK(sessions.key_of(id) == key);

    const crypto::Keyring foreign(crypto::KeyBytes{9});
    const Sessions elsewhere(world.store, foreign, world.clock, kTtl);
    CHECK_FALSE(elsewhere.key_of(id).has_value());
}

TEST_CASE("ids beyond the cache's capacity keep their store keys", "[flow]") {
    World world;
    const Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    for (int round = 0; round < 2; ++round) {
        for (std::uint8_t i = 0; i < 200; ++i) {
            for (std::uint8_t j = 0; j < 40; ++j) {
                const session::Reference reference{i, j};
                const std::string id = session::make_session_id(reference, world.keyring).text;
                REQUIRE(sessions.key_of(id) == session::store_key(reference));
                REQUIRE(sessions.key_of(id) == session::store_key(reference));
            }
        }
    }
}

TEST_CASE("a session is removed once", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const session::SessionId id = opened(world, sessions);
    const session::StoreKey key = sessions.key_of(id.text).value();
    using Removed = std::optional<session::Record>;
    Task<Removed> first = sessions.remove(key, record());
    CHECK(run(first, world.awaits.turns));
    Task<Removed> second = sessions.remove(key, record());
    CHECK_FALSE(run(second, world.awaits.turns));
    CHECK(loaded(world, sessions, id.text) == nullptr);
}

TEST_CASE("a store that is down is store_unavailable, not an unknown session", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const session::SessionId id = opened(world, sessions);
    world.awaits.fail_at = world.awaits.calls + 1;
    try {
        static_cast<void>(loaded(world, sessions, id.text));
        FAIL("no failure");
    } catch (const flow::Failure& failure) {
        CHECK(failure.error().kind == Kind::store_unavailable);
    }
}

TEST_CASE("a removal returns the record in the store, not the one that was loaded before",
          "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const session::SessionId id = opened(world, sessions);
    const session::StoreKey key = sessions.key_of(id.text).value();
    Task<std::optional<session::Record>> load = sessions.load(key);
    session::Record renewed = run(load, world.awaits.turns).value();
    renewed.access_token = base::Secret("newer");
    Task<bool> update = sessions.update(key, std::move(renewed));
    REQUIRE(run(update, world.awaits.turns));
    Task<std::optional<session::Record>> remove = sessions.remove(key, record());
    const std::optional<session::Record> removed = run(remove, world.awaits.turns);
    REQUIRE(removed);
    CHECK(removed->access_token.reveal() == "newer");
}

TEST_CASE("a removed record that no key decrypts is replaced by the one that was loaded before",
          "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    const session::SessionId id = opened(world, sessions);
    const session::StoreKey key = sessions.key_of(id.text).value();
    world.store.entries[key].sealed = "damaged";
    Task<std::optional<session::Record>> remove = sessions.remove(key, record());
    const std::optional<session::Record> removed = run(remove, world.awaits.turns);
    REQUIRE(removed);
    CHECK(removed->access_token.reveal() == "EAAG");
}

TEST_CASE("a session whose grant was revoked during the login is not opened", "[flow]") {
    World world;
    Sessions sessions(world.store, world.keyring, world.clock, kTtl);
    world.store.refusals = 1;
    try {
        static_cast<void>(opened(world, sessions));
        FAIL("no failure");
    } catch (const flow::Failure& failure) {
        CHECK(failure.error().kind == Kind::provider_rejected);
    }
    CHECK(world.store.entries.empty());
}
