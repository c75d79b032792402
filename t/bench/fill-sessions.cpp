// Sessions by the million for the benchmark: what a gateway would have told Redis at so many
// logins, as commands for `redis-cli --pipe`, made by the module's own code.
//
//     fill-sessions KEYRING COUNT IDS SITES < body
//
// KEYRING is the file of social_keyring. The sessions belong to the sites s1 to sSITES in turn, or
// to the one that SITES names where it begins with "=". Their ids are written to the file IDS, one
// a line; the body, a JSON object without its `session` member, is read from stdin.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

#include "crypto/keyring.hpp"
#include "flow/sessions.hpp"
#include "store/redis_keys.hpp"
#include "store/redis_store.hpp"

namespace {

using namespace social;

constexpr std::int64_t kLife = 86400;  // seconds

class SystemClock final : public flow::Clock {
public:
    [[nodiscard]] std::int64_t now() const noexcept override { return time(nullptr); }
    [[nodiscard]] std::chrono::milliseconds monotonic() const noexcept override {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::steady_clock::now().time_since_epoch());
    }
};

// Prints every command and says that it went well.
class PrintedRedis final : public flow::Redis {
public:
    flow::Task<redis::Reply> call(redis::Command command) override {
        std::cout << command.wire();
        redis::Reply reply;
        reply.type = redis::Reply::Type::status;
        co_return reply;
    }
};

class NoDriver final : public flow::Driver {
public:
    void resume(std::coroutine_handle<> waiting) noexcept override { waiting.resume(); }
};

std::string content(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), {}};
}

int fill(const char* keyring_path, long count, const char* ids_path, std::string_view sites) {
    std::ifstream keyring_file(keyring_path);
    const auto keyring = crypto::Keyring::parse(content(keyring_file));
    if (!keyring) {
        std::cerr << "no keyring: " << keyring_path << '\n';
        return EXIT_FAILURE;
    }
    const std::string body = content(std::cin);
    const bool one = sites.starts_with('=');
    const long number_of_sites = one ? 1 : std::stol(std::string(sites));
    const SystemClock clock;
    const store::RedisKeys keys("social:");
    PrintedRedis redis;
    store::RedisStore store(redis, clock, keys);
    flow::Sessions sessions(store, *keyring, clock, kLife);
    NoDriver driver;
    std::ofstream ids(ids_path);
    for (long i = 0; i < count; ++i) {
        session::Record record;
        record.site =
            one ? std::string(sites.substr(1)) : "s" + std::to_string(i % number_of_sites + 1);
        record.provider = "facebook";
        record.body = body;
        flow::Task<session::SessionId> task = sessions.open(std::move(record));
        task.start(driver);
        ids << task.take().text << '\n';
    }
    return std::cout.flush() && ids.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int kArguments = 5;
    if (argc != kArguments) {
        std::cerr << "usage: fill-sessions KEYRING COUNT IDS SITES < body\n";
        return EXIT_FAILURE;
    }
    std::ios::sync_with_stdio(false);
    return fill(argv[1], std::strtol(argv[2], nullptr, 10), argv[3], argv[4]);
}
