// The token keys of the configuration (directive social_token_key): the first
// signs, all verify. Part of the settings: read-only after `nginx -t`.
//
// A key is named by JwsKey::id(), which goes into `kid` of the tokens that it signs.
// A token that names a key is tried with that key alone; one that names a key that
// is not here is refused; one that names none is tried with every key of its algorithm.
//
// Beside these there may be sets that others publish; they are tried after ours.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "crypto/jws_key.hpp"
#include "crypto/key_set.hpp"
#include "token/published_keys.hpp"

namespace social::token {

// What the directive says: an algorithm's name, and the content of the file.
struct KeyFile {
    std::string_view algorithm;  // "HS256", "EdDSA", …
    std::string_view content;    // a secret and perhaps one line feed, or PEM
};

// bad_request, with `what` saying what is wrong and the algorithm in detail.
[[nodiscard]] Result<crypto::JwsKey> read_key_file(const KeyFile& file);

class TokenKeys {
public:
    // bad_request when the key is there already.
    [[nodiscard]] Result<void> add(crypto::JwsKey key);

    // One more published set, empty at first. It lives as long as this.
    [[nodiscard]] PublishedKeys& add_published();

    [[nodiscard]] bool empty() const noexcept { return keys_.empty() && published_.empty(); }

    // The key that signs, or nullptr: none at all, or the first is a public key.
    [[nodiscard]] const crypto::JwsKey* signer() const noexcept;

    // The payload of a token that one of the keys signed; unauthenticated,
    // "Invalid token", otherwise.
    [[nodiscard]] Result<std::string> verify(std::string_view token) const;

    // Another one whenever a key was added or a published set was replaced: what was verified
    // before has to be verified again.
    [[nodiscard]] std::uint64_t version() const noexcept;

private:
    void ask_for_key_of(std::string_view token) const;

    crypto::KeySet keys_;
    std::vector<std::unique_ptr<PublishedKeys>> published_;
};

}  // namespace social::token
