#include "token/keys.hpp"

#include <algorithm>
#include <utility>

#include "crypto/jws.hpp"

namespace social::token {

Result<crypto::JwsKey> read_key_file(const KeyFile& file) {
    const auto algorithm = crypto::algorithm_named(file.algorithm);
    if (!algorithm) {
        return fail(Kind::bad_request, "unknown token algorithm", std::string(file.algorithm));
    }
    if (crypto::facts(*algorithm).family != crypto::Family::hmac) {
        return crypto::JwsKey::from_pem(*algorithm, file.content);
    }
    // Editors add a line feed to the file, which is not part of the secret.
    std::string_view secret = file.content;
    if (secret.ends_with('\n')) {
        secret.remove_suffix(1);
    }
    return crypto::JwsKey::from_secret(*algorithm, secret);
}

Result<void> TokenKeys::add(crypto::JwsKey key) {
    // One RSA key may be configured for several algorithms.
    const auto same = [&key](const crypto::KeySet::NamedKey& entry) {
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

PublishedKeys& TokenKeys::add_published() {
    return *published_.emplace_back(std::make_unique<PublishedKeys>());
}

Result<std::string> TokenKeys::verify(std::string_view token) const {
    Result<std::string> outcome = keys_.verify(token);
    for (auto set = published_.begin(); !outcome && set != published_.end(); ++set) {
        outcome = (*set)->keys().verify(token);
    }
    if (!outcome && !published_.empty()) {
        report_unknown_kid(token);
    }
    return outcome;
}

std::uint64_t TokenKeys::version() const noexcept {
    std::uint64_t version = keys_.entries().size();
    for (const auto& set : published_) {
        version += set->version();
    }
    return version;
}

// A publisher may sign with a new key at once (OpenID Connect Core §10.1.1).
void TokenKeys::report_unknown_kid(std::string_view token) const {
    const auto jws = crypto::read_compact(token);
    if (!jws || !jws->kid || keys_.has_kid(*jws->kid)) {
        return;
    }
    const auto has_key = [&jws](const auto& set) { return set->keys().has_kid(*jws->kid); };
    if (std::ranges::any_of(published_, has_key)) {
        return;
    }
    for (const auto& set : published_) {
        set->report_unknown_kid();
    }
}

const crypto::JwsKey* TokenKeys::signer() const noexcept {
    if (keys_.empty() || !keys_.entries().front().key.can_sign()) {
        return nullptr;
    }
    return &keys_.entries().front().key;
}

}  // namespace social::token
