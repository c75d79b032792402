#include "crypto/digest.hpp"

#include <string>
#include "catch.hpp"

#include "crypto/hkdf.hpp"
#include "from_hex.hpp"

using namespace social::crypto;
using social::test::from_hex;

namespace {

std::string expand(const HkdfInput& input, std::size_t size) {
    std::string out(size, '\0');
    hkdf_sha256(input, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
    return hex({reinterpret_cast<const std::uint8_t*>(out.data()), out.size()});
}

std::string counting(int from, int to) {
    std::string bytes;
    for (int i = from; i < to; ++i) {
        bytes.push_back(static_cast<char>(i));
    }
    return bytes;
}

}  // namespace

TEST_CASE("SHA-256 matches FIPS 180-4, also when repeated", "[crypto]") {
    for (int i = 0; i < 3; ++i) {
        CHECK(hex(sha256("abc")) ==
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        CHECK(hex(sha256("")) ==
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}

TEST_CASE("HMAC-SHA-256 matches RFC 4231", "[crypto]") {
    const std::string key20(20, '\x0b');
    CHECK(hex(hmac_sha256({.key = key20, .message = "Hi There"})) ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex(hmac_sha256({.key = "Jefe", .message = "what do ya want for nothing?"})) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(hmac_sha256({.key = std::string(20, '\xaa'), .message = std::string(50, '\xdd')})) ==
          "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
    CHECK(hex(hmac_sha256({.key = std::string(131, '\xaa'),
                           .message = "Test Using Larger Than Block-Size Key - Hash Key First"})) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("HMAC-SHA-1 matches RFC 2202", "[crypto]") {
    const std::string key20(20, '\x0b');
    CHECK(hex(hmac_sha1({.key = key20, .message = "Hi There"})) ==
          "b617318655057264e28bc0b6fb378c8ef146be00");
    CHECK(hex(hmac_sha1({.key = "Jefe", .message = "what do ya want for nothing?"})) ==
          "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST_CASE("an empty HMAC key does not reuse the key of the previous call", "[crypto]") {
    const auto before = hmac_sha256({.key = "Jefe", .message = ""});
    const auto empty = hmac_sha256({.key = "", .message = ""});
    CHECK(empty != before);
    CHECK(hex(empty) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    CHECK(hmac_sha256({.key = {}, .message = {}}) == empty);
}

TEST_CASE("HKDF-SHA-256 matches RFC 5869", "[crypto]") {
    const std::string key(22, '\x0b');
    CHECK(expand({.key = key, .salt = counting(0x00, 0x0d), .info = counting(0xf0, 0xfa)}, 42) ==
          "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    CHECK(expand({.key = counting(0x00, 0x50),
                  .salt = counting(0x60, 0xb0),
                  .info = counting(0xb0, 0x100)},
                 82) ==
          "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
          "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
          "cc30c58179ec3e87c14c01d5c1f3434f1d87");
    CHECK(expand({.key = key, .salt = {}, .info = {}}, 42) ==
          "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("hex is lower-case and keeps leading zeros", "[crypto]") {
    const std::uint8_t bytes[] = {0x00, 0x0f, 0xa0, 0xff};
    CHECK(hex(bytes) == "000fa0ff");
    CHECK(hex({}).empty());
    CHECK(from_hex(hex(bytes)) == std::string("\x00\x0f\xa0\xff", 4));
}
