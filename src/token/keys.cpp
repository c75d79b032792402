#include "token/keys.hpp"

#include <algorithm>
#include <utility>

namespace social::token {

Result<crypto::JwsKey> read_key_file(const KeyFile& file) {
    const auto algorithm = crypto::algorithm_named(file.algorithm);
    if (!algorithm) {
        return fail(Kind::bad_request, "unknown token algorithm", std::string(file.algorithm));
    }
    if (crypto::facts(*algorithm).family != crypto::Family::hmac) {
        return crypto::JwsKey::from_pem(*algorithm, file.content);
    }
    // An editor ends the file with a line feed that is not part of the secret.
    std::string_view secret = file.content;
    if (secret.ends_with('\n')) {
        secret.remove_suffix(1);
    }
    return crypto::JwsKey::from_secret(*algorithm, secret);
}

Result<void> TokenKeys::add(crypto::JwsKey key) {
    // One RSA key may stand here for several algorithms.
    const auto same = [&key](const crypto::KeySet::Entry& entry) {
        return entry.kid == key.id() && entry.key.algorithm() == key.algorithm();
    };
    if (std::ranges::any_of(keys_.entries(), same)) {
        return fail(Kind::bad_request, "the token key is given twice",
                    std::string(crypto::facts(key.algorithm()).name));
    }
    std::string kid = key.id();
    keys_.add({.kid = std::move(kid), .key = std::move(key)});
    return {};
}

const crypto::JwsKey* TokenKeys::signer() const noexcept {
    if (keys_.empty() || !keys_.entries().front().key.can_sign()) {
        return nullptr;
    }
    return &keys_.entries().front().key;
}

}  // namespace social::token
