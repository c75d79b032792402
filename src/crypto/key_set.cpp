#include "crypto/key_set.hpp"

#include <algorithm>
#include <optional>

#include "crypto/jws.hpp"

namespace social::crypto {

bool KeySet::has_kid(std::string_view kid) const noexcept {
    return std::ranges::any_of(entries_, [kid](const NamedKey& entry) { return entry.kid == kid; });
}

Result<std::string> KeySet::verify(std::string_view token) const {
    const auto jws = read_compact(token);
    if (!jws) {
        return std::unexpected(jws.error());
    }
    // An empty `kid` is an unknown id, not a missing one.
    const bool named = jws->kid && !jws->kid->empty() && has_kid(*jws->kid);
    const std::string_view wanted = named ? std::string_view(*jws->kid) : std::string_view();
    std::optional<Result<std::string>> outcome;
    for (const NamedKey& entry : entries_) {
        if ((jws->kid && entry.kid != wanted) || entry.key.algorithm() != jws->algorithm) {
            continue;
        }
        outcome = crypto::verify(*jws, entry.key);
        if (*outcome) {
            break;
        }
    }
    return outcome ? std::move(*outcome) : invalid_token("no key for the token");
}

}  // namespace social::crypto
