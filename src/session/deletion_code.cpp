#include "session/deletion_code.hpp"

#include <span>

#include "base/ascii.hpp"
#include "crypto/digest.hpp"
#include "crypto/seal.hpp"
#include "session/fields.hpp"

namespace social::session {
namespace {

std::optional<std::string> from_hex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = base::hex_value(text[i]);
        const int low = base::hex_value(text[i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        bytes.push_back(static_cast<char>(static_cast<unsigned char>(high * 16 + low)));
    }
    return bytes;
}

}  // namespace

std::string make_deletion_code(const Deletion& deletion, const crypto::Keyring& keyring) {
    FieldWriter fields(sizeof(deletion.at), crypto::kSealFront);
    fields.time(deletion.at);
    std::string sealed = fields.take();
    crypto::seal(keyring, crypto::Purpose::deletion_code, deletion.provider, sealed);
    return crypto::hex(
        std::span(reinterpret_cast<const std::uint8_t*>(sealed.data()), sealed.size()));
}

std::optional<std::int64_t> open_deletion_code(std::string_view code, std::string_view provider,
                                               const crypto::Keyring& keyring) {
    constexpr std::size_t kLength = 2 * (crypto::kSealOverhead + sizeof(std::int64_t));
    if (code.size() != kLength) {
        return std::nullopt;
    }
    const std::optional<std::string> sealed = from_hex(code);
    if (!sealed) {
        return std::nullopt;
    }
    const auto opened = crypto::open(keyring, crypto::Purpose::deletion_code, provider, *sealed);
    if (!opened) {
        return std::nullopt;
    }
    FieldReader fields(opened->plain);
    return fields.time();
}

}  // namespace social::session
