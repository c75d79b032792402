#include <malloc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>
#include "catch.hpp"

#include "base/base64.hpp"
#include "base/json.hpp"
#include "crypto/algorithm.hpp"
#include "crypto/digest.hpp"
#include "crypto/hmac_scheme.hpp"
#include "crypto/jwk.hpp"
#include "crypto/keyring.hpp"
#include "crypto/seal.hpp"
#include "crypto/sha2.hpp"
#include "freed_memory.hpp"

namespace {

using namespace social;
using crypto::as_text;
using test::FreedMemory;
using test::kLongMarker;

// A master key that starts with the marker.
crypto::KeyBytes marked_key() {
    crypto::KeyBytes key{};
    std::memcpy(key.data(), kLongMarker.data(), key.size());
    return key;
}

const std::string kMarkedLine = base::base64_encode(kLongMarker.substr(0, 32));

}  // namespace

TEST_CASE("keyring keys are not left in freed memory", "[crypto]") {
    const crypto::Keyring lasting(marked_key());
    for (const auto purpose :
         {crypto::Purpose::session_id, crypto::Purpose::record, crypto::Purpose::deletion_code}) {
        const FreedMemory freed(as_text(lasting.first().derived(purpose)));
        std::make_unique<crypto::Keyring>(marked_key()).reset();
        {
            const auto parsed = crypto::Keyring::parse(kMarkedLine + "\n");
        }
        CHECK(freed.found() == 0);
    }
}

TEST_CASE("keyring keys are not left on the stack", "[crypto]") {
    std::unique_ptr<Result<crypto::Keyring>> kept;
    CHECK_FALSE(test::left_on_stack([&] {
                    kept.reset(new auto(crypto::Keyring::parse(kMarkedLine + "\n")));
                    return kLongMarker.substr(0, 16);
                }).before_exit);
    CHECK(*kept);
}

TEST_CASE("a malformed keyring line is wiped from the stack", "[crypto]") {
    const std::string line = kMarkedLine.substr(0, 42) + "!=\n";
    const FreedMemory freed(kLongMarker.substr(0, 16));
    CHECK_FALSE(crypto::Keyring::parse(line));
    CHECK(freed.wiped() == 1);
}

TEST_CASE("an HMAC key of one block is wiped from the stack", "[crypto]") {
    const FreedMemory freed(kLongMarker);
    const auto scheme =
        crypto::make_hmac_scheme(crypto::facts(crypto::Algorithm::hs256), kLongMarker);
    CHECK(freed.wiped() == 1);
}

TEST_CASE("the hash of a long HMAC key is wiped from the stack", "[crypto]") {
    const std::string secret(200, 'x');
    const crypto::Sha256Digest digest = crypto::sha256(secret);
    // The bytes of the intermediate hash state.
    std::array<std::uint32_t, 8> words{};
    std::memcpy(words.data(), digest.data(), digest.size());
    std::ranges::transform(words, words.begin(), [](std::uint32_t w) { return std::byteswap(w); });
    const auto& facts = crypto::facts(crypto::Algorithm::hs256);
    {
        const FreedMemory freed(as_text(digest));
        const auto scheme = crypto::make_hmac_scheme(facts, secret);
        CHECK(freed.wiped() == 2);  // the digest and the block
    }
    const FreedMemory freed({reinterpret_cast<const char*>(words.data()), sizeof(words)});
    const auto scheme = crypto::make_hmac_scheme(facts, secret);
    CHECK(freed.wiped() == 1);
}

TEST_CASE("HMAC scheme states are not left in freed memory", "[crypto]") {
    if constexpr (!std::is_trivially_copyable_v<crypto::Sha256>) {
        return;  // OpenSSL has both halves, and wipes them
    }
    for (const auto algorithm :
         {crypto::Algorithm::hs256, crypto::Algorithm::hs384, crypto::Algorithm::hs512}) {
        auto scheme = crypto::make_hmac_scheme(crypto::facts(algorithm), kLongMarker);
        // The object without its vtable pointer: two hashes of the same size.
        std::vector<char> bytes(::malloc_usable_size(scheme.get()));
        std::memcpy(bytes.data(), static_cast<const void*>(scheme.get()), bytes.size());
        const std::string_view hashes(bytes.data() + sizeof(void*), bytes.size() - sizeof(void*));
        const std::size_t size = algorithm == crypto::Algorithm::hs256 ? 32 : 64;
        const std::size_t context =
            algorithm == crypto::Algorithm::hs256 ? sizeof(crypto::Sha256) : sizeof(crypto::Sha512);
        {
            const FreedMemory freed(hashes.substr(0, size));
            scheme.reset();
            CHECK(freed.found() == 0);
        }
        scheme = crypto::make_hmac_scheme(crypto::facts(algorithm), kLongMarker);
        const FreedMemory freed(hashes.substr(context, size));
        scheme.reset();
        CHECK(freed.found() == 0);
    }
}

TEST_CASE("cached cipher keys are wiped when their thread exits", "[crypto]") {
    const crypto::Keyring keyring(marked_key());
    const crypto::KeyBytes& key = keyring.first().derived(crypto::Purpose::record);
    const std::string nonce(crypto::kNonceSize, 'n');
    std::string sealed;
    const FreedMemory freed(as_text(key));
    const auto left = test::left_on_stack([&] {
        sealed = crypto::gcm_seal(key, nonce, "", "text");
        return as_text(key);
    });
    CHECK(left.before_exit);
    CHECK_FALSE(left.after_exit);
    CHECK(freed.found() == 0);
}

TEST_CASE("plain text is wiped when sealing fails", "[crypto]") {
    const crypto::Keyring keyring(marked_key());
    const crypto::KeyBytes& key = keyring.first().derived(crypto::Purpose::record);
    const FreedMemory freed(kLongMarker);
    CHECK_THROWS(crypto::gcm_seal(key, "too short", "", kLongMarker));
    CHECK(freed.found() == 0);
}

TEST_CASE("the secret of a JWK is not left in freed memory", "[crypto]") {
    const std::string text =
        R"({"kty":"oct","alg":"HS256","k":")" + base::base64url_encode(kLongMarker) + R"("})";
    const auto jwk = base::Json::parse(text);
    REQUIRE(jwk);
    const FreedMemory freed(kLongMarker);
    {
        CHECK(crypto::read_jwk(*jwk));
    }
    CHECK(freed.found() == 0);
}
