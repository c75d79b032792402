#include "store/redis_keys.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "catch.hpp"
#include "crypto/digest.hpp"
#include "redis/slot.hpp"

using namespace social;
using store::RedisKeys;

namespace {

const RedisKeys kKeys("social:");

session::StoreKey counting_key() {
    session::StoreKey key{};
    std::ranges::generate(key,
                          [byte = 0xf0]() mutable { return static_cast<std::uint8_t>(byte++); });
    return key;
}

}  // namespace

TEST_CASE("each kind of value in Redis has names of its own, below the prefix", "[store]") {
    const session::StoreKey key = counting_key();
    const std::string hex = crypto::hex(key);
    CHECK(kKeys.sessions() == "social:s:");
    CHECK(kKeys.session(key) == "social:s:" + hex);
    CHECK(kKeys.due() == "social:d");
    // The bytes of an owner as the machine has them.
    CHECK(kKeys.owner(0x0101'0101'0101'0101) == "social:o:{0101010101010101}");
    CHECK(kKeys.revocation(0x0101'0101'0101'0101) == "social:r:{0101010101010101}");
    CHECK(kKeys.former_owner(0x0101'0101'0101'0101) == "social:o:0101010101010101");
    // SHA-256 of "a", the first half of it.
    const std::string digest = "ca978112ca1bbdcafac231b39a23dc4d";
    CHECK(kKeys.lease("a") == "social:l:" + digest);
    CHECK(kKeys.quota("a") == "social:q:" + digest);
    CHECK(kKeys.attempts("a") == "social:a:" + digest);
    CHECK(RedisKeys("other:").due() == "other:d");
    CHECK(RedisKeys("").session(key) == "s:" + hex);
}

TEST_CASE("the name of a session gives its key back, and no other text does", "[store]") {
    const session::StoreKey key = counting_key();
    const std::string name = kKeys.session(key);
    CHECK(kKeys.session_of(name) == key);
    CHECK(RedisKeys("").session_of(RedisKeys("").session(key)) == key);
    CHECK_FALSE(kKeys.session_of(""));
    CHECK_FALSE(kKeys.session_of("social:s:"));
    CHECK_FALSE(kKeys.session_of(name + "0"));
    CHECK_FALSE(kKeys.session_of(name.substr(0, name.size() - 1)));
    CHECK_FALSE(kKeys.session_of("other_:s:" + name.substr(9)));
    CHECK_FALSE(kKeys.session_of("social:o:" + name.substr(9)));
    for (std::size_t at = 9; at < name.size(); ++at) {
        std::string other = name;
        other[at] = 'g';
        CHECK_FALSE(kKeys.session_of(other));
    }
}

TEST_CASE("the names of sessions are spread over the slots of a cluster", "[store]") {
    session::StoreKey key = counting_key();
    const std::uint16_t slot = redis::slot_of(kKeys.session(key));
    ++key[31];
    CHECK(redis::slot_of(kKeys.session(key)) != slot);
}
