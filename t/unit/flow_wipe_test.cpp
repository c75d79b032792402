#include <optional>
#include <string>
#include "catch.hpp"

#include "flow/exchange_code.hpp"
#include "flow_world.hpp"
#include "freed_memory.hpp"

namespace {

using namespace social;
using test::kLongMarker;
using test::kShortMarker;

// A short secret is stored in the frame itself, a long one on the heap.
constexpr std::string_view kMarkers[] = {kShortMarker, kLongMarker};

base::HttpResponse token_answer(std::string_view token) {
    std::string body;
    body.reserve(256);
    body += R"({"token_type":"bearer","expires_in":7200,"access_token":")";
    body += token;
    body += R"(","refresh_token":")";
    body += token;
    body += "\"}";
    base::HttpResponse answer = test::json_answer(200, body);
    base::wipe(body);
    return answer;
}

struct Exchange {
    explicit Exchange(std::string_view marker) {
        // FakeHttp would keep the secrets of the requests.
        world.http.answer = [this, marker](const base::HttpRequest&) {
            world.http.requests.clear();
            return token_answer(marker);
        };
    }

    flow::Task<oauth::TokenReply> begin(std::string_view code) {
        return flow::exchange_code_for_tokens(provider, login, base::Secret(code), world.ports);
    }

    test::World world;
    oauth::Provider provider = test::stock_provider("twitter_oauth2");
    session::Login login;
};

}  // namespace

TEST_CASE("the frame check detects a secret that a coroutine leaves in its frame", "[flow]") {
    test::Turns turns;
    const auto leave = [](test::Turns& waits, std::string_view marker) -> flow::Task<void> {
        const std::string text(marker);
        co_await test::Turns::Wait(waits);
    };
    constexpr std::string_view kLeft = "L3ft-6Wd?";  // no other test searches for it
    flow::Task<void> task = leave(turns, kLeft);
    test::run(task, turns);
    task.reset();
    CHECK(test::left_in_frames(kLeft) == 1);
}

TEST_CASE("a code exchange leaves no code and no token in its frames and in freed memory",
          "[flow]") {
    for (const std::string_view marker : kMarkers) {
        INFO(marker);
        Exchange exchange(marker);
        const test::FreedMemory freed(marker);
        std::optional<flow::Task<oauth::TokenReply>> task = exchange.begin(marker);
        CHECK(test::run(*task, exchange.world.awaits.turns).refresh_token.equals(marker));
        task.reset();
        CHECK(freed.found() == 0);
        CHECK(test::left_in_frames(marker) == 0);
    }
}

TEST_CASE("a code exchange that is cancelled leaves no code in its frames", "[flow]") {
    Exchange exchange(kShortMarker);
    test::TestDriver driver;
    {
        flow::Task<oauth::TokenReply> task = exchange.begin(kShortMarker);
        task.start(driver);
    }
    CHECK(test::left_in_frames(kShortMarker) == 0);
}
