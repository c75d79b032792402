#include "token/verified_token_cache.hpp"

#include <set>
#include <string>
#include "catch.hpp"

#include "crypto/jws.hpp"
#include "token/bearer.hpp"
#include "token/issue.hpp"

using namespace social;
using token::BearerCheck;
using token::ParsedClaims;
using token::TokenKeys;
using token::VerifiedTokenCache;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;
constexpr std::uint64_t kVersion = 1;

crypto::JwsKey key_of(const std::string& secret) {
    auto key = token::read_key_file({.algorithm = "HS256", .content = secret});
    REQUIRE(key);
    return std::move(*key);
}

const std::string kOurs = "0123456789abcdef0123456789abcdef";
const std::string kTheirs = "fedcba9876543210fedcba9876543210";

std::string signed_by(const std::string& secret, const std::string& payload) {
    return crypto::sign_compact({.kid = {}, .payload = payload}, key_of(secret));
}

std::string for_site(const std::string& site) {
    return R"({"sid":")" + site + R"(","exp":1700000900})";
}

std::string verdict(const BearerCheck& check, const std::string& token, std::int64_t now = kNow) {
    const auto claims = check.check("Bearer " + token, now);
    return claims ? "site " + std::string(claims->site_id) : std::string(claims.error().what);
}

// The texts differ before the last eight characters only.
std::string numbered(int number, std::size_t size = 100) {
    std::string text = std::to_string(number) + '.';
    return text + std::string(size - text.size() - 8, 'x') + "samemark";
}

ParsedClaims stating(const std::string& site) {
    ParsedClaims claims;
    claims.site = site;
    return claims;
}

}  // namespace

TEST_CASE("a cached token is refused once it expires", "[token]") {
    TokenKeys keys;
    REQUIRE(keys.add(key_of(kOurs)));
    const BearerCheck check(keys, {});
    const std::string token = signed_by(kOurs, for_site("169"));
    CHECK(verdict(check, token) == "site 169");
    CHECK(verdict(check, token, kNow + 899) == "site 169");
    CHECK(verdict(check, token, kNow + 900) == "Expired token");
    CHECK(verdict(check, token, kNow + 900) == "Expired token");
}

TEST_CASE("a forged token is refused again, and the valid one stays valid", "[token]") {
    TokenKeys keys;
    REQUIRE(keys.add(key_of(kOurs)));
    const BearerCheck check(keys, {});
    const std::string good = signed_by(kOurs, for_site("169"));
    std::string forged = good;
    forged[good.find('.') + 3] ^= 1;  // another payload with the same signature
    for (int round = 0; round < 2; ++round) {
        CHECK(verdict(check, forged) == "Invalid token");
        CHECK(verdict(check, signed_by(kTheirs, for_site("169"))) == "Invalid token");
        CHECK(verdict(check, good) == "site 169");
    }
}

TEST_CASE("a removed published key invalidates its cached tokens", "[token]") {
    TokenKeys keys;
    token::PublishedKeys& published = keys.add_published();
    const BearerCheck check(keys, {});
    const std::string token = signed_by(kTheirs, for_site("169"));
    CHECK(verdict(check, token) == "Invalid token");

    crypto::KeySet set;
    set.add({.kid = "", .key = key_of(kTheirs)});
    published.replace(std::move(set));
    CHECK(verdict(check, token) == "site 169");
    CHECK(verdict(check, token) == "site 169");

    published.replace(crypto::KeySet());
    CHECK(verdict(check, token) == "Invalid token");
}

TEST_CASE("two configurations of one process do not share verified tokens", "[token]") {
    TokenKeys ours;
    REQUIRE(ours.add(key_of(kOurs)));
    TokenKeys theirs;
    REQUIRE(theirs.add(key_of(kTheirs)));
    const BearerCheck here(ours, {});
    const BearerCheck there(theirs, {});
    const std::string token = signed_by(kOurs, for_site("169"));
    CHECK(verdict(here, token) == "site 169");
    CHECK(verdict(there, token) == "Invalid token");
}

TEST_CASE("site and rules of a cached token are checked each time", "[token]") {
    TokenKeys keys;
    REQUIRE(keys.add(key_of(kOurs)));
    const site::Site some{.id = "169"};
    std::set<std::string, std::less<>> sites{"169", "170"};
    const BearerCheck check(keys, {.find_site = [&](std::string_view id) {
                                return sites.contains(id) ? &some : nullptr;
                            }});
    const std::string token = signed_by(kOurs, for_site("169"));
    CHECK(verdict(check, token) == "site 169");
    CHECK(verdict(check, signed_by(kOurs, for_site("170"))) == "site 170");
    sites.erase("169");
    CHECK(verdict(check, token) == "Invalid token");
}

TEST_CASE("cached tokens are never confused, even beyond the cache's size", "[token]") {
    TokenKeys keys;
    REQUIRE(keys.add(key_of(kOurs)));
    const BearerCheck check(keys, {});
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 2 * static_cast<int>(VerifiedTokenCache::kSlots); ++i) {
            const std::string site = std::to_string(i);
            REQUIRE(verdict(check, signed_by(kOurs, for_site(site))) == "site " + site);
        }
    }
}

TEST_CASE("a verified token is found by its exact text and key version only", "[token]") {
    VerifiedTokenCache cache;
    const std::string token = numbered(1);
    CHECK(cache.find(token, kVersion) == nullptr);
    CHECK(*cache.put(token, kVersion, stating("1")).site == "1");
    REQUIRE(cache.find(token, kVersion) != nullptr);
    CHECK(*cache.find(token, kVersion)->site == "1");
    CHECK(cache.find(token, kVersion + 1) == nullptr);
    CHECK(cache.find(numbered(2), kVersion) == nullptr);
    CHECK(cache.find(token.substr(1), kVersion) == nullptr);
    CHECK(cache.find("", kVersion) == nullptr);
    for (std::size_t at = 0; at < token.size(); ++at) {
        std::string other = token;
        other[at] ^= 1;
        CHECK(cache.find(other, kVersion) == nullptr);
    }
}

TEST_CASE("tokens with the same hash evict the oldest ones", "[token]") {
    VerifiedTokenCache cache;
    constexpr int kMany = 100;
    for (int i = 0; i < kMany; ++i) {
        cache.put(numbered(i), kVersion, stating(std::to_string(i)));
    }
    int kept = 0;
    for (int i = 0; i < kMany; ++i) {
        if (const ParsedClaims* claims = cache.find(numbered(i), kVersion)) {
            CHECK(*claims->site == std::to_string(i));
            CHECK(i >= kMany - 4);
            ++kept;
        }
    }
    CHECK(kept == 4);
}

TEST_CASE("a token that is too long or too short is not cached", "[token]") {
    VerifiedTokenCache cache;
    const std::string longest = numbered(1, VerifiedTokenCache::kMaxSize);
    const std::string longer = numbered(2, VerifiedTokenCache::kMaxSize + 1);
    cache.put(longest, kVersion, stating("longest"));
    CHECK(*cache.put(longer, kVersion, stating("longer")).site == "longer");
    CHECK(*cache.put("short", kVersion, stating("short")).site == "short");
    CHECK(cache.find(longer, kVersion) == nullptr);
    CHECK(cache.find("short", kVersion) == nullptr);
    REQUIRE(cache.find(longest, kVersion) != nullptr);
    CHECK(*cache.find(longest, kVersion)->site == "longest");
}
