// flow/refresh against a provider with one-time refresh tokens, like X.
#include "flow/refresh.hpp"

#include <list>
#include <string>
#include "catch.hpp"

#include "base/json.hpp"
#include "flow/lease.hpp"
#include "flow_jobs.hpp"
#include "oauth/refresh_request.hpp"
#include "session/freshness.hpp"

using namespace social;
using flow::Task;
using test::json_answer;
using test::run;

namespace {

// Accepts each refresh token once, and returns a new pair.
class Rotating {
public:
    base::HttpResponse operator()(const base::HttpRequest& request) {
        if (request.url.find("/revoke") != std::string::npos) {
            ++revoked;
            return json_answer(200, "{}");
        }
        ++asked;
        if (request.body != "grant_type=refresh_token&refresh_token=" + current()) {
            return json_answer(400, R"({"error":"invalid_grant"})");
        }
        ++round;
        return json_answer(200, R"({"token_type":"bearer","expires_in":7200,"access_token":"A)" +
                                    std::to_string(round) + R"(","refresh_token":")" + current() +
                                    R"("})");
    }
    [[nodiscard]] std::string current() const { return "R" + std::to_string(round); }

    int asked = 0;
    int revoked = 0;
    int round = 0;
};

class RefreshWorld : public test::World {
public:
    RefreshWorld() {
        http.answer = [this](const base::HttpRequest& request) { return x(request); };
        awaits.turns.asynchronous = false;
        session::Record record;
        record.site = "169";
        record.provider = "twitter_oauth2";
        record.user_id = "1";
        record.body = R"({"profile":{"id":"1"},"token":"A0","expires_at":1700000100,"scope":"s"})";
        record.access_token = base::Secret("A0");
        record.refresh_token = base::Secret("R0");
        record.token_issued_at = test::kNow - 7200;
        record.token_expires_at = test::kNow;
        record.refresh_at = test::kNow - 600;
        Task<session::SessionId> open = sessions.open(std::move(record));
        id = run(open, awaits.turns).text;
        key = sessions.key_of(id).value();
        awaits.turns.asynchronous = true;
        awaits.calls = 0;
    }

    std::optional<session::Record> stored() {
        awaits.fail_at = 0;
        Task<std::optional<session::Record>> load = sessions.load(key);
        return run(load, awaits.turns);
    }

    void change(const std::function<void(session::Record&)>& edit) {
        session::Record record = stored().value();
        edit(record);
        Task<bool> update = sessions.update(key, record);
        REQUIRE(run(update, awaits.turns));
        awaits.calls = 0;
    }

    std::optional<Error> refresh() {
        Task<std::optional<Error>> task = flow::refresh(key, refresh_context);
        return run(task, awaits.turns);
    }

    Task<std::optional<session::Record>> reader() {
        return flow::ensure_fresh(key, stored().value(), refresh_context);
    }

    Rotating x;
    test::MovingTimer moving{awaits, clock};
    flow::Ports moving_ports{http, store, store, store, clock, moving, awaits.turns};
    flow::Sessions sessions{store, keyring, clock, 86400};
    oauth::Provider provider = test::stock_provider("twitter_oauth2", "twitter_oauth2");
    bool configured = true;
    flow::FindProvider find = [this](std::string_view) { return configured ? &provider : nullptr; };
    test::FakeJobs jobs;
    flow::RefreshContext refresh_context{find, sessions, jobs, moving_ports};
    std::string id;
    session::StoreKey key{};
};

void check_renewed(RefreshWorld& world, int round = 1) {
    const auto record = world.stored();
    REQUIRE(record);
    CHECK(record->access_token.equals("A" + std::to_string(round)));
    CHECK(record->refresh_token.equals("R" + std::to_string(round)));
    CHECK(record->body.find("\"token\":\"A" + std::to_string(round)) != std::string::npos);
    CHECK(session::is_fresh(*record, world.clock.time));
    CHECK(world.store.entries.at(world.key).refresh_at == record->refresh_at);
}

}  // namespace

TEST_CASE("a refresh stores the new tokens as the next generation", "[flow]") {
    RefreshWorld world;
    CHECK_FALSE(world.refresh());
    check_renewed(world);
    CHECK(world.stored()->generation == 2);
    CHECK(world.x.asked == 1);
    CHECK(world.store.leases.empty());
}

TEST_CASE("a refresh does nothing while another worker holds the lease", "[flow]") {
    RefreshWorld world;
    world.store.leases[flow::refresh_name(world.key)] = 99;
    CHECK_FALSE(world.refresh());
    CHECK(world.x.asked == 0);
    CHECK(world.store.leases.size() == 1);
}

TEST_CASE("a refresh does nothing for a session that is gone or not due", "[flow]") {
    RefreshWorld gone;
    gone.store.entries.clear();
    CHECK_FALSE(gone.refresh());
    CHECK(gone.x.asked == 0);
    RefreshWorld fresh;
    fresh.change([](session::Record& record) { record.refresh_at = test::kNow + 1; });
    CHECK_FALSE(fresh.refresh());
    CHECK(fresh.x.asked == 0);
    RefreshWorld never;
    never.change([](session::Record& record) { record.refresh_at = 0; });
    CHECK_FALSE(never.refresh());
    CHECK(never.x.asked == 0);
}

TEST_CASE("a session that cannot be refreshed stays, and is not due again", "[flow]") {
    RefreshWorld world;
    world.change([](session::Record& record) { record.refresh_token = {}; });
    CHECK_FALSE(world.refresh());
    CHECK(world.x.asked == 0);
    CHECK(world.stored()->refresh_at == 0);
    CHECK(world.store.entries.at(world.key).refresh_at == 0);
}

TEST_CASE("a refresh is postponed while the configuration lacks the provider", "[flow]") {
    RefreshWorld world;
    world.configured = false;
    CHECK_FALSE(world.refresh());
    CHECK(world.stored()->refresh_at > test::kNow);
    world.configured = true;
    world.clock.time = world.stored()->refresh_at;
    CHECK_FALSE(world.refresh());
    check_renewed(world);
}

TEST_CASE("invalid_grant removes the session", "[flow]") {
    RefreshWorld world;
    world.x.round = 5;
    const auto failed = world.refresh();
    REQUIRE(failed);
    CHECK(failed->detail.find("invalid_grant") != std::string::npos);
    CHECK(failed->detail.ends_with(", provider: twitter_oauth2"));
    CHECK_FALSE(world.stored());
    CHECK(world.store.leases.empty());
}

TEST_CASE("invalid_grant does not remove a session that another worker has refreshed meanwhile",
          "[flow]") {
    RefreshWorld world;
    world.http.answer = [&world](const base::HttpRequest&) {
        world.store.entries.at(world.key).generation = 7;
        session::Record record;
        record.site = "169";
        record.body = "{}";
        record.expires_at = test::kNow + 100;
        record.generation = 7;
        world.store.entries.at(world.key).sealed =
            session::encode(record, world.key, world.keyring);
        return json_answer(400, R"({"error":"invalid_grant"})");
    };
    CHECK(world.refresh());
    CHECK(world.stored().value().generation == 7);
}

TEST_CASE("a session is kept when the provider fails, and its refresh is retried later", "[flow]") {
    RefreshWorld world;
    world.http.answer = [](const base::HttpRequest&) { return json_answer(503, "down"); };
    CHECK(world.refresh());
    const auto first = world.stored().value();
    CHECK(first.refresh_token.equals("R0"));
    CHECK(first.access_token.equals("A0"));
    CHECK(first.refresh_failures == 1);
    CHECK(first.refresh_at > world.clock.time);
    CHECK(first.refresh_at <= world.clock.time + 2);
    CHECK(world.store.entries.at(world.key).refresh_at == first.refresh_at);

    CHECK_FALSE(world.refresh());
    CHECK(world.http.requests.size() == 1);
    world.clock.time = first.refresh_at;
    CHECK(world.refresh());
    CHECK(world.stored()->refresh_failures == 2);
    CHECK(world.stored()->refresh_at >= world.clock.time + 2);
}

TEST_CASE("Retry-After is stored with the session", "[flow]") {
    RefreshWorld world;
    world.http.answer = [](const base::HttpRequest&) {
        base::HttpResponse answer = json_answer(429, "{}");
        answer.headers.push_back({.name = "Retry-After", .value = "60"});
        return answer;
    };
    CHECK(world.refresh());
    CHECK(world.stored()->refresh_at >= test::kNow + 60);
}

TEST_CASE("a refresh does not restore a removed session, and revokes its tokens", "[flow]") {
    RefreshWorld world;
    world.http.answer = [&world](const base::HttpRequest& request) {
        world.store.entries.clear();
        return world.x(request);
    };
    CHECK_FALSE(world.refresh());
    CHECK(world.store.entries.empty());
    CHECK(world.x.asked == 1);
    REQUIRE(world.http.sent("/revoke").size() == 2);
    CHECK(world.http.sent("/revoke")[0].body.find("token=R1") != std::string::npos);
    CHECK(world.http.sent("/revoke")[1].body.find("token=A1") != std::string::npos);
}

TEST_CASE("a late write does not overwrite a newer generation", "[flow]") {
    RefreshWorld world;
    world.http.answer = [&world](const base::HttpRequest& request) {
        world.store.entries.at(world.key).generation = 7;
        return world.x(request);
    };
    CHECK_FALSE(world.refresh());
    CHECK(world.store.entries.at(world.key).generation == 7);
    CHECK(world.http.sent("/revoke").empty());
}

TEST_CASE("a failure at any await loses no session", "[flow]") {
    int failures = 0;
    for (int n = 1; n <= 20; ++n) {
        INFO("await " << n);
        RefreshWorld world;
        world.awaits.fail_at = n;
        Task<std::optional<Error>> task = flow::refresh(world.key, world.refresh_context);
        try {
            static_cast<void>(run(task, world.awaits.turns));
        } catch (const flow::Failure&) {
            ++failures;
        }
        world.awaits.fail_at = 0;
        world.store.leases.clear();  // the leases of the failed run expire
        world.clock.time += 10;
        static_cast<void>(world.refresh());
        check_renewed(world);
        CHECK(world.x.asked <= 2);
    }
    CHECK(failures > 0);
}

TEST_CASE("a refresh that is cancelled with its worker leaves a whole session or none", "[flow]") {
    for (std::size_t n = 0; n <= 12; ++n) {
        INFO("after " << n << " turns");
        RefreshWorld world;
        {
            Task<std::optional<Error>> task = flow::refresh(world.key, world.refresh_context);
            test::TestDriver driver;
            task.start(driver);
            for (std::size_t i = 0; i < n && !task.done(); ++i) {
                world.awaits.turns.step();
            }
        }
        CHECK(world.awaits.turns.waiting() == 0);
        const bool spent = world.x.round == 1;
        const bool kept = world.stored()->refresh_token.equals("R1");
        world.store.leases.clear();
        static_cast<void>(world.refresh());
        if (spent && !kept) {
            CHECK_FALSE(world.stored());
        } else {
            check_renewed(world);
        }
        CHECK(world.x.asked <= 2);
    }
}

TEST_CASE("the lease is renewed for as long as the provider takes", "[flow]") {
    RefreshWorld world;
    Task<std::optional<Error>> task = flow::refresh(world.key, world.refresh_context);
    test::TestDriver driver;
    task.start(driver);
    world.awaits.turns.step();  // the lease is claimed
    world.awaits.turns.step();  // the session is loaded
    world.awaits.turns.step();  // a second has passed
    for (int i = 0; i < 20; ++i) {
        REQUIRE(world.awaits.turns.step(1));  // skips the provider's response, which is first
    }
    CHECK_FALSE(task.done());
    CHECK(world.store.claims > 5);
    CHECK(world.clock.time >= test::kNow + 5);
    while (!task.done() && world.awaits.turns.step()) {
    }
    CHECK_FALSE(task.take());
    check_renewed(world);
}

TEST_CASE("many readers of an expired token get the new one from one refresh", "[flow]") {
    RefreshWorld world;
    std::list<Task<std::optional<session::Record>>> readers;
    std::list<test::TestDriver> drivers;
    for (int i = 0; i < 30; ++i) {
        readers.push_back(world.reader());
    }
    for (auto& reader : readers) {
        reader.start(drivers.emplace_back());
    }
    while (world.awaits.turns.step()) {
    }
    for (auto& reader : readers) {
        REQUIRE(reader.done());
        CHECK(reader.take().value().access_token.equals("A1"));
    }
    CHECK(world.x.asked == 1);
    CHECK(world.jobs.idle());
}

TEST_CASE("a reader is resumed by a refresh of its own worker, without polling", "[flow]") {
    RefreshWorld world;
    auto reader = world.reader();
    const int before = world.store.loads;
    CHECK(run(reader, world.awaits.turns).value().access_token.equals("A1"));
    CHECK(world.store.loads == before + 2);  // one of the refresh, one of the reader
}

TEST_CASE("a reader with an unexpired token does not wait for a slow refresh", "[flow]") {
    RefreshWorld world;
    world.change([](session::Record& record) { record.token_expires_at = test::kNow + 300; });
    world.store.leases[flow::refresh_name(world.key)] = 99;
    auto reader = world.reader();
    CHECK(run(reader, world.awaits.turns).value().access_token.equals("A0"));
    CHECK(world.clock.time <= test::kNow + 3);
}

TEST_CASE("a reader with an expired token waits for another worker's refresh", "[flow]") {
    RefreshWorld world;
    world.store.leases[flow::refresh_name(world.key)] = 99;
    auto reader = world.reader();
    test::TestDriver driver;
    reader.start(driver);
    for (int i = 0; i < 1000; ++i) {
        world.awaits.turns.step();
    }
    CHECK_FALSE(reader.done());
    world.store.leases.clear();  // its holder has died
    while (!reader.done() && world.awaits.turns.step()) {
    }
    CHECK(reader.take().value().access_token.equals("A1"));
}

TEST_CASE("a reader fails after a retry when the provider fails", "[flow]") {
    RefreshWorld world;
    world.http.answer = [](const base::HttpRequest&) { return json_answer(503, "down"); };
    auto reader = world.reader();
    try {
        static_cast<void>(run(reader, world.awaits.turns));
        FAIL("the reader got a token that has run out");
    } catch (const flow::Failure& failed) {
        CHECK(failed.error().kind == Kind::provider_unavailable);
        CHECK(failed.error().what == "the provider did not renew the token");
    }
    CHECK(world.http.requests.size() >= 2);
    CHECK(world.http.requests.size() <= 3);
    CHECK(world.clock.time <= test::kNow + 8);
}

TEST_CASE("a reader gets no session after invalid_grant", "[flow]") {
    RefreshWorld world;
    world.x.round = 5;
    auto reader = world.reader();
    CHECK_FALSE(run(reader, world.awaits.turns));
}

TEST_CASE("a reader gets an expired token if it cannot be refreshed", "[flow]") {
    RefreshWorld forgotten;
    forgotten.configured = false;
    auto first = forgotten.reader();
    CHECK(run(first, forgotten.awaits.turns).value().access_token.equals("A0"));

    RefreshWorld without;
    without.change([](session::Record& record) { record.refresh_token = {}; });
    auto second = without.reader();
    CHECK(run(second, without.awaits.turns).value().access_token.equals("A0"));
    CHECK(without.x.asked == 0);
}

TEST_CASE("a reader fails when the store is down, unless its token is unexpired", "[flow]") {
    int told = 0;
    for (int n = 1; n <= 12; ++n) {
        INFO("await " << n);
        RefreshWorld world;
        auto reader = world.reader();
        world.awaits.calls = 0;
        world.awaits.fail_at = n;
        try {
            const auto record = run(reader, world.awaits.turns);
            CHECK(record.value().access_token.equals("A1"));
        } catch (const flow::Failure& failed) {
            CHECK(failed.error().kind == Kind::store_unavailable);
            ++told;
        }
        CHECK(world.x.asked <= 2);
    }
    CHECK(told > 0);
}

TEST_CASE(
    "a stale session with an unexpired token is returned without a refresh while the store is down",
    "[flow]") {
    RefreshWorld world;
    world.change([](session::Record& record) { record.token_expires_at = test::kNow + 300; });
    session::Record copy = world.stored().value();
    copy.cache_status = session::CacheStatus::stale;
    world.store.down = true;
    auto reader = flow::ensure_fresh(world.key, copy, world.refresh_context);
    const auto given = run(reader, world.awaits.turns);
    REQUIRE(given);
    CHECK(given->access_token.equals("A0"));
    CHECK(given->cache_status == session::CacheStatus::stale);
    CHECK(world.jobs.started == 0);
    CHECK(world.clock.time == test::kNow);
}

TEST_CASE("a cached session with an expired token is an error while the store is down", "[flow]") {
    for (const auto cache_status : {session::CacheStatus::hit, session::CacheStatus::stale}) {
        RefreshWorld world;
        session::Record copy = world.stored().value();
        copy.cache_status = cache_status;
        world.store.down = true;
        auto reader = flow::ensure_fresh(world.key, copy, world.refresh_context);
        try {
            static_cast<void>(run(reader, world.awaits.turns));
            FAIL("the reader got a token that has ended");
        } catch (const flow::Failure& failed) {
            CHECK(failed.error().kind == Kind::store_unavailable);
        }
        CHECK(world.x.asked == 0);
    }
}

TEST_CASE(
    "a cached session that is due is returned while the store is down, until its token expires",
    "[flow]") {
    RefreshWorld world;
    world.change([](session::Record& record) { record.token_expires_at = test::kNow + 300; });
    const session::Record copy = world.stored().value();
    world.store.down = true;
    auto early = flow::ensure_fresh(world.key, copy, world.refresh_context);
    CHECK(run(early, world.awaits.turns).value().access_token.equals("A0"));
    CHECK(world.clock.time == test::kNow);
    world.clock.time = test::kNow + 300;
    auto late = flow::ensure_fresh(world.key, copy, world.refresh_context);
    CHECK_THROWS_AS(run(late, world.awaits.turns), flow::Failure);
}

TEST_CASE("readers do not wait while the store is read-only", "[flow]") {
    RefreshWorld good;
    good.change([](session::Record& record) { record.token_expires_at = test::kNow + 300; });
    good.store.read_only = true;
    auto reader = good.reader();
    CHECK(run(reader, good.awaits.turns).value().access_token.equals("A0"));
    CHECK(good.clock.time == test::kNow);
    CHECK(good.x.asked == 0);

    RefreshWorld ended;
    ended.store.read_only = true;
    std::list<Task<std::optional<session::Record>>> readers;
    std::list<test::TestDriver> drivers;
    for (int i = 0; i < 30; ++i) {
        readers.push_back(ended.reader());
    }
    for (auto& each : readers) {
        each.start(drivers.emplace_back());
    }
    while (ended.awaits.turns.step()) {
    }
    for (auto& each : readers) {
        REQUIRE(each.done());
        try {
            static_cast<void>(each.take());
            FAIL("the reader got a token that has ended");
        } catch (const flow::Failure& failed) {
            CHECK(failed.error().kind == Kind::store_unavailable);
        }
    }
    CHECK(ended.clock.time <= test::kNow + 1);
    CHECK(ended.x.asked == 0);
    ended.store.read_only = false;
    CHECK_FALSE(ended.refresh());
    check_renewed(ended);
}

TEST_CASE("readers do not wait for a failed write of new tokens, and no token is lost", "[flow]") {
    RefreshWorld world;
    world.http.answer = [&world](const base::HttpRequest& request) {
        world.store.read_only = true;
        return world.x(request);
    };
    auto reader = world.reader();
    CHECK_THROWS_AS(run(reader, world.awaits.turns), flow::Failure);
    CHECK(world.clock.time <= test::kNow + 2);
    CHECK(world.x.asked == 1);
    CHECK_FALSE(world.jobs.idle());
    for (int i = 0; i < 40; ++i) {
        REQUIRE(world.awaits.turns.step());
    }
    world.store.read_only = false;
    while (!world.jobs.idle() && world.awaits.turns.step()) {
    }
    CHECK(world.jobs.idle());
    check_renewed(world);
}

TEST_CASE("invalid_grant does not remove a session that is refreshed during the removal",
          "[flow]") {
    RefreshWorld world;
    world.x.round = 5;
    Task<std::optional<Error>> task = flow::refresh(world.key, world.refresh_context);
    test::TestDriver driver;
    task.start(driver);
    world.awaits.turns.step();   // the lease is claimed
    world.awaits.turns.step();   // the session is loaded
    world.awaits.turns.step(1);  // the provider has answered
    world.store.entries.at(world.key).generation = 7;
    while (!task.done() && world.awaits.turns.step()) {
    }
    CHECK(task.take());
    REQUIRE(world.store.entries.contains(world.key));
    CHECK(world.store.entries.at(world.key).generation == 7);
}

TEST_CASE("a profile of the maximum depth is refreshed", "[flow]") {
    std::string profile = "{}";
    for (std::size_t depth = 1; depth < base::JsonLimits{}.depth; ++depth) {
        profile = R"({"a":)" + profile + "}";
    }
    REQUIRE(base::Json::parse(profile));
    RefreshWorld world;
    world.change([&profile](session::Record& record) {
        record.body = R"({"profile":)" + profile + R"(,"token":"A0","expires_at":1700000100})";
    });
    CHECK_FALSE(world.refresh());
    check_renewed(world);
    CHECK(world.stored()->body.find(profile) != std::string::npos);
}

TEST_CASE("a session with an invalid body is not refreshed, and sends no request", "[flow]") {
    RefreshWorld world;
    world.change([](session::Record& record) { record.body = "{"; });
    const auto failed = world.refresh();
    REQUIRE(failed);
    CHECK(failed->kind == Kind::internal);
    CHECK(world.x.asked == 0);
    CHECK(world.stored()->refresh_at == 0);
}

TEST_CASE("a rotated refresh token is stored although the rest of the response is invalid",
          "[flow]") {
    RefreshWorld world;
    world.http.answer = [](const base::HttpRequest&) {
        return json_answer(200, R"({"token_type":"bearer","expires_in":0,"access_token":"A1",)"
                                R"("refresh_token":"R1"})");
    };
    const auto failed = world.refresh();
    REQUIRE(failed);
    CHECK(failed->kind == Kind::provider_unavailable);
    CHECK(world.stored()->refresh_token.equals("R1"));
    CHECK(world.stored()->access_token.equals("A0"));
    CHECK(world.stored()->refresh_failures == 1);
}
