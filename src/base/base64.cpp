#include "base/base64.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/base64_ssse3.hpp"

namespace social::base {
namespace {

constexpr std::int8_t kInvalid = -1;         // the value of a character outside the alphabet
constexpr std::uint32_t kSign = 0x80000000;  // set in the value of an invalid character

struct Alphabet {
    std::array<char, 64> digits{};
    std::array<std::array<char, 2>, 4096> pairs{};  // two digits, indexed by twelve bits
    std::array<std::int8_t, 256> values{};          // kInvalid, or six bits
    BlockTables blocks;
    bool padded = false;
};

constexpr Alphabet make_alphabet(char digit62, char digit63, bool padded) {
    Alphabet alphabet;
    std::size_t n = 0;
    for (char c = 'A'; c <= 'Z'; ++c) {
        alphabet.digits[n++] = c;
    }
    for (char c = 'a'; c <= 'z'; ++c) {
        alphabet.digits[n++] = c;
    }
    for (char c = '0'; c <= '9'; ++c) {
        alphabet.digits[n++] = c;
    }
    alphabet.digits[62] = digit62;
    alphabet.digits[63] = digit63;
    for (std::size_t i = 0; i < alphabet.pairs.size(); ++i) {
        alphabet.pairs[i] = {alphabet.digits[i / 64], alphabet.digits[i % 64]};
    }
    alphabet.values.fill(kInvalid);
    for (std::size_t i = 0; i < alphabet.digits.size(); ++i) {
        alphabet.values[static_cast<unsigned char>(alphabet.digits[i])] =
            static_cast<std::int8_t>(i);
    }
    alphabet.blocks = block_tables(alphabet.digits);
    alphabet.padded = padded;
    return alphabet;
}

constexpr Alphabet kStandard = make_alphabet('+', '/', true);
constexpr Alphabet kUrl = make_alphabet('-', '_', false);

std::uint32_t octet(std::string_view bytes, std::size_t i) noexcept {
    return static_cast<unsigned char>(bytes[i]);
}

std::size_t encoded_size(const Alphabet& alphabet, std::size_t bytes) noexcept {
    return alphabet.padded ? (bytes + 2) / 3 * 4 : base64url_size(bytes);
}

// Writes encoded_size() characters to `out`.
void encode(const Alphabet& alphabet, std::string_view bytes, char* out) noexcept {
    const std::size_t rest = bytes.size() % 3;
    const auto digit = [&](std::uint32_t group, int shift) {
        return alphabet.digits[(group >> shift) & 0x3fU];
    };
    std::size_t i = 0;
    if (bytes.size() >= kBlockRead && has_ssse3()) {
        i = encode_blocks(alphabet.blocks, bytes, out);
        out += i / 3 * 4;
    }
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t group =
            octet(bytes, i) << 16 | octet(bytes, i + 1) << 8 | octet(bytes, i + 2);
        std::memcpy(out, alphabet.pairs[group >> 12].data(), 2);
        std::memcpy(out + 2, alphabet.pairs[group & 0xfffU].data(), 2);
        out += 4;
    }
    if (rest > 0) {
        const std::uint32_t group =
            octet(bytes, i) << 16 | (rest == 2 ? octet(bytes, i + 1) << 8 : 0);
        *out++ = digit(group, 18);
        *out++ = digit(group, 12);
        if (rest == 2) {
            *out++ = digit(group, 6);
        }
        std::fill_n(out, alphabet.padded ? 3 - rest : 0, '=');
    }
}

void append_encoded(std::string& text, const Alphabet& alphabet, std::string_view bytes) {
    const std::size_t begin = text.size();
    const std::size_t size = begin + encoded_size(alphabet, bytes.size());
    text.resize_and_overwrite(size, [&](char* out, std::size_t) {
        encode(alphabet, bytes, out + begin);
        return size;
    });
}

std::string encode(const Alphabet& alphabet, std::string_view bytes) {
    std::string text;
    append_encoded(text, alphabet, bytes);
    return text;
}

// Removes the padding of base64, which base64url does not have. Returns false if the length is no
// multiple of four.
bool strip_padding(const Alphabet& alphabet, std::string_view& text) noexcept {
    if (!alphabet.padded) {
        return true;
    }
    if (text.size() % 4 != 0) {
        return false;
    }
    for (int i = 0; i < 2 && text.ends_with('='); ++i) {
        text.remove_suffix(1);
    }
    return true;
}

// Returns the number of bytes that `digits` digits encode. Returns nullopt if a single digit
// remains: it has too few bits for a byte.
std::optional<std::size_t> decoded_size(std::size_t digits) noexcept {
    if (digits % 4 == 1) {
        return std::nullopt;
    }
    return base64url_decoded_size(digits);
}

// `digits` has no padding. `out` has room for decoded_size() bytes.
bool decode(const Alphabet& alphabet, std::string_view digits, std::uint8_t* out) noexcept {
    const auto value = [&](std::size_t i) {
        return static_cast<std::uint32_t>(alphabet.values[static_cast<unsigned char>(digits[i])]);
    };
    // Collects the sign bits of all values, to check them once at the end.
    std::uint32_t seen = 0;
    std::size_t i = 0;
    if (digits.size() >= kBlockDigits && has_ssse3()) {
        i = digits.size() / 4 * 4;
        seen = decode_blocks(alphabet.blocks, digits.substr(0, i), out) ? 0 : kSign;
        out += i / 4 * 3;
    }
    for (; i + 4 <= digits.size(); i += 4) {
        const std::uint32_t group =
            value(i) << 18 | value(i + 1) << 12 | value(i + 2) << 6 | value(i + 3);
        seen |= group;
        *out++ = static_cast<std::uint8_t>(group >> 16);
        *out++ = static_cast<std::uint8_t>(group >> 8);
        *out++ = static_cast<std::uint8_t>(group);
    }
    std::uint32_t unused = 0;  // bits that must be zero (RFC 4648 §3.5)
    const std::size_t rest = digits.size() - i;
    if (rest >= 2) {
        const std::uint32_t group =
            value(i) << 18 | value(i + 1) << 12 | (rest == 3 ? value(i + 2) << 6 : 0);
        seen |= group;
        *out++ = static_cast<std::uint8_t>(group >> 16);
        if (rest == 3) {
            *out++ = static_cast<std::uint8_t>(group >> 8);
        }
        unused = group & (rest == 3 ? 0xffU : 0xffffU);
    }
    return (seen & kSign) == 0 && unused == 0;
}

std::optional<std::string> decode(const Alphabet& alphabet, std::string_view text) {
    if (!strip_padding(alphabet, text)) {
        return std::nullopt;
    }
    const auto size = decoded_size(text.size());
    if (!size) {
        return std::nullopt;
    }
    std::string bytes(*size, '\0');
    if (!decode(alphabet, text, reinterpret_cast<std::uint8_t*>(bytes.data()))) {
        return std::nullopt;
    }
    return bytes;
}

bool decode_into(const Alphabet& alphabet, std::string_view text,
                 std::span<std::uint8_t> out) noexcept {
    return strip_padding(alphabet, text) && decoded_size(text.size()) == out.size() &&
           decode(alphabet, text, out.data());
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
    return encode(kStandard, bytes);
}

std::string base64url_encode(std::string_view bytes) {
    return encode(kUrl, bytes);
}

void append_base64url(std::string& out, std::string_view bytes) {
    append_encoded(out, kUrl, bytes);
}

void base64url_encode_into(std::string_view bytes, std::span<char> out) noexcept {
    encode(kUrl, bytes, out.data());
}

std::optional<std::string> base64_decode(std::string_view text) {
    return decode(kStandard, text);
}

std::optional<std::string> base64url_decode(std::string_view text) {
    return decode(kUrl, text);
}

bool base64_decode_into(std::string_view text, std::span<std::uint8_t> out) noexcept {
    return decode_into(kStandard, text, out);
}

bool base64url_decode_into(std::string_view text, std::span<std::uint8_t> out) noexcept {
    return decode_into(kUrl, text, out);
}

bool is_base64url_alphabet(std::string_view text) noexcept {
    std::uint32_t seen = 0;
    for (const char c : text) {
        seen |= static_cast<std::uint32_t>(kUrl.values[static_cast<unsigned char>(c)]);
    }
    return (seen & kSign) == 0;
}

}  // namespace social::base
