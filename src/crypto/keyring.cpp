#include "crypto/keyring.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "crypto/digest.hpp"
#include "crypto/hkdf.hpp"

namespace social::crypto {
namespace {

// The labels are part of the stored formats. A changed label makes existing sessions, records and
// logins unreadable.
constexpr std::array<std::string_view, kPurposes> kLabels = {
    "nginx-social session id v1", "nginx-social record v1",        "nginx-social login cookie v1",
    "nginx-social app token v1",  "nginx-social deletion code v1",
};
constexpr std::string_view kKeyIdLabel = "nginx-social key id v1";

std::unexpected<Error> error_in_line(std::string_view what, std::size_t line) {
    return fail(Kind::bad_request, what, "line " + std::to_string(line));
}

// Takes the text before the first line feed, and the line feed, off `text`.
std::string_view take_line(std::string_view& text) noexcept {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

}  // namespace

Key::Key(const KeyBytes& master) {
    for (std::size_t i = 0; i < kPurposes; ++i) {
        hkdf_sha256({.key = as_text(master), .salt = {}, .info = kLabels[i]}, derived_[i]);
    }
    hkdf_sha256({.key = as_text(master), .salt = {}, .info = kKeyIdLabel}, id_);
}

Key::~Key() {
    OPENSSL_cleanse(derived_.data(), sizeof(derived_));
}

Result<Keyring> Keyring::parse(std::string_view text) {
    Keyring keyring;
    for (std::size_t number = 1; !text.empty(); ++number) {
        std::string_view line = take_line(text);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        line = base::trimmed(line.substr(0, line.find('#')));
        if (line.empty()) {
            continue;
        }
        KeyBytes master{};
        if (!base::base64_decode_into(line, master)) {
            OPENSSL_cleanse(master.data(), master.size());
            return error_in_line(
                "a keyring line is not one base64 key of 32 bytes (openssl rand -base64 32)",
                number);
        }
        Key key(master);
        OPENSSL_cleanse(master.data(), master.size());
        // Sealed bytes contain the id of their key, so ids must be unique.
        if (keyring.find(key.id()) != nullptr) {
            return error_in_line("a keyring holds the same key twice", number);
        }
        keyring.keys_.push_back(key);
    }
    if (keyring.keys_.empty()) {
        return fail(Kind::bad_request, "a keyring holds no key (openssl rand -base64 32)",
                    "line 1");
    }
    return keyring;
}

const Key* Keyring::find(const KeyId& id) const noexcept {
    const auto found =
        std::ranges::find_if(keys_, [&id](const Key& key) { return key.id() == id; });
    return found == keys_.end() ? nullptr : &*found;
}

}  // namespace social::crypto
