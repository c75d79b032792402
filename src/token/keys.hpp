// The configured token keys (directive social_token_key). The first key signs, every key verifies.
// They are part of the settings and constant after `nginx -t`.
//
// JwsKey::id() is the `kid` of issued tokens. A `kid` selects one key; an unknown `kid` is refused.
// A token without `kid` is tried with every key of its algorithm.
//
// JWK Sets of other publishers are tried after these keys.
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

// The arguments of the directive: an algorithm, and the content of the file.
struct KeyFile {
    std::string_view algorithm;  // "HS256", "EdDSA", …
    std::string_view content;    // a secret with an optional line feed, or PEM
};

// Returns bad_request with the reason, and the algorithm in `detail`.
[[nodiscard]] Result<crypto::JwsKey> read_key_file(const KeyFile& file);

class TokenKeys {
public:
    // Returns bad_request if the key was added before.
    [[nodiscard]] Result<void> add(crypto::JwsKey key);

    // Adds an empty JWK Set, which lives as long as this object.
    [[nodiscard]] PublishedKeys& add_published();

    [[nodiscard]] bool empty() const noexcept { return keys_.empty() && published_.empty(); }

    // Returns the signing key. Returns nullptr if there is no key or the first one is public.
    [[nodiscard]] const crypto::JwsKey* signer() const noexcept;

    // Returns the payload of a token that one of the keys signed. Otherwise returns unauthenticated
    // ("Invalid token").
    [[nodiscard]] Result<std::string> verify(std::string_view token) const;

    // Changes when a key is added or a JWK Set is replaced. Tokens that were verified under another
    // version must be verified again.
    [[nodiscard]] std::uint64_t version() const noexcept;

private:
    void report_unknown_kid(std::string_view token) const;

    crypto::KeySet keys_;
    std::vector<std::unique_ptr<PublishedKeys>> published_;
};

}  // namespace social::token
