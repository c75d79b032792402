// Base64 (RFC 4648 §4) and base64url without padding (RFC 4648 §5, RFC 7515 §2),
// decoded strictly: every byte string has exactly one text that decodes to it.
// Padding that is missing or superfluous, unused trailing bits that are not zero,
// white space and any foreign character refuse the whole text, so that neither a
// session id nor a token has a second spelling.
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

// Characters of base64url for so many bytes.
[[nodiscard]] constexpr std::size_t base64url_size(std::size_t bytes) noexcept {
    return bytes / 3 * 4 + (bytes % 3 == 0 ? 0 : bytes % 3 + 1);
}
// Bytes of so many characters; of a number that no text can have, those of its whole groups.
[[nodiscard]] constexpr std::size_t base64url_decoded_size(std::size_t characters) noexcept {
    return characters / 4 * 3 + (characters % 4 < 2 ? 0 : characters % 4 - 1);
}
// Writes base64url_size(bytes.size()) characters to `out`, which has room for them.
void base64url_encode_into(std::string_view bytes, std::span<char> out) noexcept;

[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

// The same into a buffer of exactly the decoded size; false when `text` decodes
// to another size or not at all. `out` may have been written to in that case.
[[nodiscard]] bool base64_decode_into(std::string_view text, std::span<std::uint8_t> out) noexcept;
[[nodiscard]] bool base64url_decode_into(std::string_view text,
                                         std::span<std::uint8_t> out) noexcept;

// True for characters of the base64url alphabet alone, of any number.
[[nodiscard]] bool is_base64url_alphabet(std::string_view text) noexcept;

}  // namespace social::base
