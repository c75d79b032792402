#include "session/session_id.hpp"

#include <algorithm>

#include "base/base64.hpp"
#include "base/random.hpp"
#include "crypto/digest.hpp"
#include "crypto/seal.hpp"

namespace social::session {
namespace {

using crypto::as_text;

constexpr std::size_t kNonce = 16;
constexpr std::size_t kSealed = sizeof(Reference) + crypto::kTagSize;
constexpr std::size_t kSealedText = 44;  // 32 bytes in base64
constexpr std::size_t kNonceText = 24;   // 16 bytes in base64
constexpr std::size_t kInner = kSealedText + 1 + kNonceText;
static_assert(kInner / 3 * 4 == kIdLength && kInner % 3 == 0);

constexpr std::string_view kStoreKeyLabel = "nginx-social store key v1";

}  // namespace

SessionId make_session_id(const Reference& reference, const crypto::Keyring& keyring) {
    std::array<std::uint8_t, kNonce> nonce{};
    base::fill_random(nonce);
    const std::string sealed =
        crypto::gcm_seal(keyring.first().derived(crypto::Purpose::session_id), as_text(nonce), {},
                         as_text(reference));
    SessionId id;
    id.inner.reserve(kInner);
    id.inner += base::base64_encode(sealed);
    id.inner += ':';
    id.inner += base::base64_encode(as_text(nonce));
    id.text = base::base64_encode(id.inner);
    return id;
}

std::optional<Reference> open_session_id(std::string_view text, const crypto::Keyring& keyring) {
    std::array<std::uint8_t, kInner> decoded{};
    if (text.size() != kIdLength || !base::base64_decode_into(text, decoded)) {
        return std::nullopt;
    }
    const std::string_view inner = as_text(decoded);
    std::array<std::uint8_t, kSealed> sealed{};
    std::array<std::uint8_t, kNonce> nonce{};
    if (inner[kSealedText] != ':' ||
        !base::base64_decode_into(inner.substr(0, kSealedText), sealed) ||
        !base::base64_decode_into(inner.substr(kSealedText + 1), nonce)) {
        return std::nullopt;
    }
    // The id has no room for a key id, so each key is tried.
    for (const crypto::Key& key : keyring.keys()) {
        std::array<char, kSealed> opened{};
        std::ranges::copy(as_text(sealed), opened.begin());
        const auto plain = crypto::gcm_open_in_place(key.derived(crypto::Purpose::session_id),
                                                     as_text(nonce), {}, opened);
        if (plain) {
            Reference reference{};
            std::ranges::copy(*plain, reference.begin());
            return reference;
        }
    }
    return std::nullopt;
}

StoreKey store_key(const Reference& reference) {
    std::array<char, kStoreKeyLabel.size() + sizeof(Reference)> labeled;
    std::ranges::copy(kStoreKeyLabel, labeled.begin());
    std::ranges::copy(as_text(reference), labeled.begin() + kStoreKeyLabel.size());
    return crypto::sha256({labeled.data(), labeled.size()});
}

}  // namespace social::session
