#include "session/deletion_code.hpp"

#include <algorithm>
#include <string>
#include "catch.hpp"

#include "base/ascii.hpp"

using namespace social;

namespace {

crypto::Keyring keyring(std::uint8_t byte) {
    crypto::KeyBytes bytes{};
    bytes.fill(byte);
    return crypto::Keyring(bytes);
}

}  // namespace

TEST_CASE("a confirmation code contains the time of the deletion", "[session]") {
    const auto keys = keyring(1);
    const std::string code =
        session::make_deletion_code({.provider = "facebook", .at = 1700000000}, keys);
    CHECK(std::ranges::all_of(code, base::is_alnum));
    CHECK(session::open_deletion_code(code, "facebook", keys) == 1700000000);
    CHECK(session::make_deletion_code({.provider = "facebook", .at = 1700000000}, keys) != code);
}

TEST_CASE("a confirmation code opens only unchanged, for its provider and with its key",
          "[session]") {
    const auto keys = keyring(1);
    const std::string code =
        session::make_deletion_code({.provider = "facebook", .at = 1700000000}, keys);
    CHECK_FALSE(session::open_deletion_code(code, "instagraph", keys).has_value());
    CHECK_FALSE(session::open_deletion_code(code, "facebook", keyring(2)).has_value());
    for (std::size_t i = 0; i < code.size(); ++i) {
        std::string bad = code;
        bad[i] = bad[i] == '0' ? '1' : '0';
        CHECK_FALSE(session::open_deletion_code(bad, "facebook", keys).has_value());
    }
    for (const std::string& bad : {std::string(), code.substr(1), code + "00", code + "0",
                                   std::string(code.size(), 'g'), std::string(100000, '0')}) {
        CHECK_FALSE(session::open_deletion_code(bad, "facebook", keys).has_value());
    }
}

TEST_CASE("a confirmation code with an invalid hex digit is refused", "[session]") {
    const auto keys = keyring(1);
    const std::string digits = "0123456789abcdef";
    std::string code;
    for (int number = 0; number < 8; ++number) {
        code = session::make_deletion_code({.provider = "facebook", .at = number}, keys);
        for (std::size_t i = 0; i < code.size(); i += 2) {
            // Decoded as -1, "g" would equal "f" as the high digit, and the previous digit's "f" as
            // the low one.
            std::string upper = code;
            upper[i] = upper[i] == 'f' ? 'g' : upper[i];
            std::string lower = code;
            if (lower[i + 1] == 'f' && lower[i] != 'f') {
                lower[i] = digits[digits.find(lower[i]) + 1];
                lower[i + 1] = 'g';
            }
            for (const std::string& other : {upper, lower}) {
                CHECK(session::open_deletion_code(other, "facebook", keys).has_value() ==
                      (other == code));
            }
        }
    }
}
