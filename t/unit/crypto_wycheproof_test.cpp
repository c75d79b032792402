// All 401 JSON Web Signature tests of Wycheproof, with the JWK of each group.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include "catch.hpp"

#include "base/json.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"

using namespace social;

namespace {

// Wycheproof calls these valid; we refuse them. Each has a "?" in a base64url part, which RFC 7515
// §2 does not allow.
constexpr std::array kForeignCharacter = {372, 373};

// Wycheproof calls these invalid for their padding. But the file has lost the padding: each token
// equals that of the valid test 357.
constexpr std::array kPaddingLost = {367, 370};

// Wycheproof calls these valid although `alg` of the key and of the token differ. The key has
// "PS256" where the token of RFC 7520 §4.2 has PS384. It has "ES521", which does not exist, where
// that of §4.3 has ES512. We require the label of the key (RFC 8725 §3.1). With a corrected label,
// the tokens are valid.
constexpr std::array kMislabeled = {346, 347, 350, 351};

bool is_one_of(const auto& list, int id) {
    return std::ranges::find(list, id) != list.end();
}

base::Json read_vectors() {
    const char* directory = std::getenv("SOCIAL_VECTORS");
    const std::string path = std::string(directory != nullptr ? directory : "t/vectors") +
                             "/wycheproof_json_web_signature.json";
    std::ifstream file(path, std::ios::binary);
    INFO(path);
    REQUIRE(file);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto json = base::Json::parse(text);
    REQUIRE(json);
    return *json;
}

// The public key of a group if it has one: the private key has other labels.
base::Json key_of(const base::Json& group) {
    const base::Json key = group.member("public");
    return key.present() ? key : group.member("private");
}

bool accepts(const Result<crypto::KeySet::NamedKey>& entry, const std::string& token) {
    if (!entry) {
        return false;
    }
    const auto jws = crypto::read_compact(token);
    return jws && crypto::verify(*jws, entry->key).has_value();
}

struct Tally {
    int accepted = 0;
    int refused = 0;
};

}  // namespace

TEST_CASE("Wycheproof vectors for JSON Web Signatures have their expected result", "[crypto]") {
    const base::Json vectors = read_vectors();
    const base::Json groups = vectors.member("testGroups");
    REQUIRE(groups.size() == 23);
    Tally tally;
    std::map<int, std::string> tokens;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const base::Json group = groups.at(g);
        const auto entry = crypto::read_jwk(key_of(group));
        const base::Json tests = group.member("tests");
        for (std::size_t t = 0; t < tests.size(); ++t) {
            const base::Json test = tests.at(t);
            const int id = static_cast<int>(test.member("tcId").number().value());
            const std::string token = test.member("jws").text().value();
            bool expected = test.member("result").text() == "valid";
            if (is_one_of(kForeignCharacter, id) || is_one_of(kMislabeled, id)) {
                REQUIRE(expected);
                expected = false;
            }
            if (is_one_of(kPaddingLost, id)) {
                REQUIRE_FALSE(expected);
                REQUIRE(token == tokens.at(357));
                expected = true;
            }
            INFO("test " << id << ": " << test.member("comment").text().value());
            CHECK(accepts(entry, token) == expected);
            ++(expected ? tally.accepted : tally.refused);
            tokens.emplace(id, token);
        }
    }
    CHECK(tokens.size() == 401);
    CHECK(vectors.member("numberOfTests").number() == 401);
    CHECK(tally.refused == 359);
    CHECK(tally.accepted == 42);
}

TEST_CASE("a mislabeled Wycheproof key verifies its token under a corrected label", "[crypto]") {
    const base::Json groups = read_vectors().member("testGroups");
    int mended = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        const base::Json test = groups.at(g).member("tests").at(0);
        const int id = static_cast<int>(test.member("tcId").number().value());
        if (!is_one_of(kMislabeled, id)) {
            continue;
        }
        INFO("test " << id);
        const std::string token = test.member("jws").text().value();
        const auto jws = crypto::read_compact(token);
        REQUIRE(jws);
        base::Json key = key_of(groups.at(g));
        CHECK_FALSE(accepts(crypto::read_jwk(key), token));
        key.set("alg", crypto::facts(jws->algorithm).name);
        CHECK(accepts(crypto::read_jwk(key), token));
        ++mended;
    }
    CHECK(mended == 4);
}
