// Base64 and base64url (RFC 4648), compared with a bitwise decoder. So the vector and the scalar
// code agree, and each byte string has one encoding.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/base64.hpp"
#include "fuzz.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

struct Alphabet {
    std::string_view last;  // digits 62 and 63
    bool padded;
};
constexpr Alphabet kBase64{"+/", true};
constexpr Alphabet kBase64url{"-_", false};

std::optional<unsigned> value_of(char c, const Alphabet& alphabet) {
    const std::size_t at = kDigits.find(c);
    if (at != std::string_view::npos) {
        return static_cast<unsigned>(at);
    }
    const std::size_t last = alphabet.last.find(c);
    return last == std::string_view::npos ? std::nullopt
                                          : std::optional(static_cast<unsigned>(62 + last));
}

std::optional<std::string> reference(std::string_view text, const Alphabet& alphabet) {
    if (alphabet.padded) {
        if (text.size() % 4 != 0) {
            return std::nullopt;
        }
        for (int i = 0; i < 2 && text.ends_with('='); ++i) {
            text.remove_suffix(1);
        }
    }
    std::string bytes;
    unsigned bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const auto value = value_of(c, alphabet);
        if (!value) {
            return std::nullopt;
        }
        held = held << 6 | *value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(static_cast<unsigned char>(held >> bits));
            held &= (1U << bits) - 1;
        }
    }
    return bits < 6 && held == 0 ? std::optional(bytes) : std::nullopt;
}

void check_text(std::string_view text) {
    const auto plain = base::base64_decode(text);
    const auto url = base::base64url_decode(text);
    require(plain == reference(text, kBase64));
    require(url == reference(text, kBase64url));
    require(!plain || base::base64_encode(*plain) == text);
    require(!url || base::base64url_encode(*url) == text);

    // A buffer of another size is refused.
    for (const std::size_t off : {0U, 1U, 2U}) {
        std::vector<std::uint8_t> buffer(base::base64url_decoded_size(text.size()) + off);
        require(base::base64url_decode_into(text, buffer) == (url && url->size() == buffer.size()));
        require(base::base64_decode_into(text, buffer) ==
                (plain && plain->size() == buffer.size()));
    }
}

void check_bytes(std::string_view bytes) {
    const std::string plain = base::base64_encode(bytes);
    const std::string url = base::base64url_encode(bytes);
    require(base::base64_decode(plain) == bytes && base::base64url_decode(url) == bytes);
    require(plain.size() == (bytes.size() + 2) / 3 * 4);
    require(url.size() == base::base64url_size(bytes.size()));
    require(base::is_base64url_alphabet(url));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    check_text(text);
    check_bytes(text);
    return 0;
}
