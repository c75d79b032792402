// Base64 (RFC 4648 §4) and base64url without padding (RFC 4648 §5, RFC 7515 §2).
//
// Decoding is strict: every byte string has exactly one encoding, so a session id or token has no
// second spelling. Wrong padding, trailing bits that are not zero, white space and invalid
// characters are errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace social::base {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
void append_base64url(std::string& out, std::string_view bytes);

// The number of base64url characters that encode `bytes` bytes.
[[nodiscard]] constexpr std::size_t base64url_size(std::size_t bytes) noexcept {
    return bytes / 3 * 4 + (bytes % 3 == 0 ? 0 : bytes % 3 + 1);
}
// The number of bytes that `characters` characters encode. An incomplete group of one character
// counts as none.
[[nodiscard]] constexpr std::size_t base64url_decoded_size(std::size_t characters) noexcept {
    return characters / 4 * 3 + (characters % 4 < 2 ? 0 : characters % 4 - 1);
}
// Writes base64url_size(bytes.size()) characters to `out`, which must have room for them.
void base64url_encode_into(std::string_view bytes, std::span<char> out) noexcept;

// Return nullopt on malformed text.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

// Decodes into a buffer of exactly the decoded size. Returns false on malformed text and on another
// size. `out` may be partly written then.
[[nodiscard]] bool base64_decode_into(std::string_view text, std::span<std::uint8_t> out) noexcept;
[[nodiscard]] bool base64url_decode_into(std::string_view text,
                                         std::span<std::uint8_t> out) noexcept;

// Returns true if `text` has only characters of the base64url alphabet. Its length is not checked.
[[nodiscard]] bool is_base64url_alphabet(std::string_view text) noexcept;

}  // namespace social::base
