#include "base/random.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>
#include <string>
#include "catch.hpp"

using social::base::fill_random;
using social::base::random_base64url;

namespace {

// Returns random bytes of a forked child.
std::string in_a_child(std::size_t bytes) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const std::string text = random_base64url(bytes);
        const bool written =
            write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
        _exit(written ? 0 : 1);
    }
    close(ends[1]);
    std::string text(bytes * 2, '\0');
    const ssize_t size = read(ends[0], text.data(), text.size());
    close(ends[0]);
    int status = 1;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(status == 0);
    REQUIRE(size > 0);
    text.resize(static_cast<std::size_t>(size));
    return text;
}

}  // namespace

TEST_CASE("random texts never repeat, at any length", "[base]") {
    std::set<std::string> seen;
    int taken = 0;
    for (int round = 0; round < 300; ++round) {
        for (const std::size_t bytes : {12U, 16U, 64U, 127U, 128U, 129U, 3000U}) {
            const std::string text = random_base64url(bytes);
            CHECK(text.size() == (bytes * 8 + 5) / 6);
            seen.insert(text.substr(0, 16));
            ++taken;
        }
    }
    CHECK(seen.size() == static_cast<std::size_t>(taken));
}

TEST_CASE("random filling reaches every octet", "[base]") {
    std::array<std::uint8_t, 64> seen{};
    for (int round = 0; round < 64; ++round) {
        std::array<std::uint8_t, 64> bytes{};
        fill_random(bytes);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            seen[i] |= bytes[i];
        }
    }
    for (const std::uint8_t octet : seen) {
        CHECK(octet == 0xff);
    }
    fill_random({});
}

TEST_CASE("random bytes differ between a forked process, its parent and its siblings", "[base]") {
    static_cast<void>(random_base64url(16));  // fills the pool that the child inherits
    std::set<std::string> seen;
    for (int child = 0; child < 4; ++child) {
        seen.insert(in_a_child(16));
    }
    seen.insert(random_base64url(16));
    CHECK(seen.size() == 5);
}
