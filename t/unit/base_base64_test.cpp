#include "base/base64.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include "catch.hpp"

using namespace social::base;

TEST_CASE("base64 encodes and decodes the test vectors of RFC 4648", "[base]") {
    const std::array<std::array<const char*, 2>, 7> vectors = {{{"", ""},
                                                                {"f", "Zg=="},
                                                                {"fo", "Zm8="},
                                                                {"foo", "Zm9v"},
                                                                {"foob", "Zm9vYg=="},
                                                                {"fooba", "Zm9vYmE="},
                                                                {"foobar", "Zm9vYmFy"}}};
    for (const auto& [bytes, text] : vectors) {
        CHECK(base64_encode(bytes) == text);
        CHECK(base64_decode(text) == bytes);
        std::string bare = text;
        bare.erase(bare.find_last_not_of('=') + 1);
        CHECK(base64url_encode(bytes) == bare);
        CHECK(base64url_decode(bare) == bytes);
    }
}

TEST_CASE("base64 encodes the credentials of RFC 7617", "[base]") {
    CHECK(base64_encode("Aladdin:open sesame") == "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
}

TEST_CASE("base64 and base64url round-trip every byte at every length", "[base]") {
    std::string bytes;
    for (int i = 0; i < 600; ++i) {
        bytes.push_back(static_cast<char>(i * 7 + i / 256));
        CHECK(base64_decode(base64_encode(bytes)) == bytes);
        CHECK(base64url_decode(base64url_encode(bytes)) == bytes);
    }
}

TEST_CASE("base64 and base64url refuse the last two digits of each other", "[base]") {
    CHECK(base64_encode("\xfb\xff\xfe") == "+//+");
    CHECK(base64url_encode("\xfb\xff\xfe") == "-__-");
    CHECK_FALSE(base64_decode("-__-"));
    CHECK_FALSE(base64url_decode("+//+"));
}

TEST_CASE("base64 refuses wrong padding", "[base]") {
    for (const char* text : {"Zg", "Zg=", "Zg===", "Zm8", "Zm8==", "Zm9v=", "Zm9v==", "Zm9v====",
                             "=", "==", "===", "====", "Z===", "Zg==Zg==", "Z=g=", "=Zg="}) {
        INFO(text);
        CHECK_FALSE(base64_decode(text));
    }
    for (const char* text : {"Zg==", "Zg=", "Zm8=", "Z", "Zm9vZ", "="}) {
        INFO(text);
        CHECK_FALSE(base64url_decode(text));
    }
}

TEST_CASE("base64 refuses white space and invalid characters at every position", "[base]") {
    using namespace std::string_literals;
    for (const std::string& bad :
         {" "s, "\n"s, "\r"s, "\t"s, "\0"s, "?"s, "#"s, "%"s, "."s, "\x80"s, "\xff"s, "="s}) {
        for (std::size_t at = 0; at < 8; ++at) {
            std::string text = "Zm9vYmFy";
            text.replace(at, 1, bad);
            INFO("at " << at);
            CHECK_FALSE(base64url_decode(text));
            // The test above covers padding at the end.
            if (bad != "=") {
                CHECK_FALSE(base64_decode(text));
            }
            std::string longer = "Zm9vYmFy";
            longer.insert(at, bad);
            CHECK_FALSE(base64url_decode(longer));
            CHECK_FALSE(base64_decode(longer));
        }
    }
}

TEST_CASE("a byte string has exactly one base64 encoding", "[base]") {
    // Counts the texts of two and three digits that decode: one per byte string.
    const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int one_byte = 0;
    int two_bytes = 0;
    for (const char a : alphabet) {
        for (const char b : alphabet) {
            one_byte += base64url_decode(std::string{a, b}) ? 1 : 0;
            for (const char c : alphabet) {
                two_bytes += base64url_decode(std::string{a, b, c}) ? 1 : 0;
            }
        }
    }
    CHECK(one_byte == 256);
    CHECK(two_bytes == 65536);
    CHECK_FALSE(base64_decode("Zh=="));
    CHECK_FALSE(base64_decode("Zm9="));
}

namespace {

// Decodes four digits at a time, as the scalar code does.
template <class Decode>
std::optional<std::string> in_pieces(Decode decode, std::string_view text) {
    std::string bytes;
    for (; !text.empty(); text.remove_prefix(std::min<std::size_t>(text.size(), 4))) {
        const auto piece = decode(text.substr(0, 4));
        if (!piece) {
            return std::nullopt;
        }
        bytes += *piece;
    }
    return bytes;
}

}  // namespace

TEST_CASE("base64 blocks decode like groups of four digits, at every length", "[base]") {
    std::string bytes;
    for (int i = 0; i < 100; ++i) {
        bytes.push_back(static_cast<char>(i * 151 + 90));
        for (std::string text : {base64url_encode(bytes), base64_encode(bytes)}) {
            const auto decode = text == base64url_encode(bytes) ? base64url_decode : base64_decode;
            INFO(text);
            REQUIRE(decode(text) == bytes);
            REQUIRE(in_pieces(decode, text) == bytes);
            // Tests each character at each position, at lengths near one and two blocks.
            if (text.size() < 15 || text.size() > 40) {
                continue;
            }
            for (char& place : text) {
                const char kept = place;
                for (int c = 0; c < 256; ++c) {
                    place = static_cast<char>(c);
                    // Padding inside the text is valid in a piece only.
                    if (c == '=' || kept == '=') {
                        continue;
                    }
                    const bool same = decode(text) == in_pieces(decode, text);
                    if (!same) {
                        FAIL("another answer for " << c << " at " << &place - text.data());
                    }
                }
                place = '=';
                if (kept != '=') {
                    CHECK_FALSE(base64url_decode(text));
                }
                place = kept;
            }
        }
    }
}

TEST_CASE("base64 encoding depends on no byte beyond the input", "[base]") {
    constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        std::string expected;
        for (std::size_t bit = 0; bit < 8 * bytes.size(); bit += 6) {
            unsigned value = 0;
            for (std::size_t k = bit; k < bit + 6; ++k) {
                const bool set = k / 8 < bytes.size() && ((bytes[k / 8] >> (7 - k % 8)) & 1) != 0;
                value = 2 * value + (set ? 1 : 0);
            }
            expected += kDigits[value];
        }
        REQUIRE(base64url_encode(bytes) == expected);
        std::string appended = "before";
        append_base64url(appended, bytes);
        REQUIRE(appended == "before" + expected);
        bytes.push_back(static_cast<char>(i * 151 + 90));
    }
}

TEST_CASE("base64 decodes into a buffer of exactly the decoded size only", "[base]") {
    std::array<std::uint8_t, 4> four{};
    CHECK(base64_decode_into("Zm9vYg==", four));
    CHECK(four == std::array<std::uint8_t, 4>{'f', 'o', 'o', 'b'});
    CHECK(base64url_decode_into("Zm9vYg", four));
    CHECK_FALSE(base64_decode_into("Zm9v", four));
    CHECK_FALSE(base64_decode_into("Zm9vYmE=", four));
    CHECK_FALSE(base64url_decode_into("Zm9vYg==", four));
    CHECK_FALSE(base64url_decode_into("Zm9vYh", four));
    CHECK(base64url_decode_into("", std::span<std::uint8_t>()));
}

TEST_CASE("base64url has exactly 64 characters", "[base]") {
    CHECK(is_base64url_alphabet(""));
    CHECK(is_base64url_alphabet("AZaz09-_"));
    for (const char* text : {"+", "/", "=", ".", "a b", "a\xc3\xa4"}) {
        CHECK_FALSE(is_base64url_alphabet(text));
    }
}

TEST_CASE("base64url sizes match the encoded and decoded texts", "[base]") {
    for (std::size_t bytes = 0; bytes < 70; ++bytes) {
        const std::string text = social::base::base64url_encode(std::string(bytes, 'x'));
        CHECK(social::base::base64url_size(bytes) == text.size());
        CHECK(social::base::base64url_decoded_size(text.size()) == bytes);
        std::string written(text.size() + 1, '#');
        social::base::base64url_encode_into(std::string(bytes, 'x'), written);
        CHECK(written == text + "#");
    }
}
