// The confirmation code of a data deletion: encrypts the time for one provider. Only a gateway with
// the same keyring can decrypt it, and nothing is stored.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keyring.hpp"

namespace social::session {

struct Deletion {
    std::string_view provider;  // name of the provider block
    std::int64_t at = 0;        // Unix seconds
};

// Returns lower-case hexadecimal digits. Throws as crypto::seal() does.
[[nodiscard]] std::string make_deletion_code(const Deletion& deletion,
                                             const crypto::Keyring& keyring);

// Returns the time of the deletion, Unix seconds. Returns nullopt unless a key of the ring sealed
// the code for this provider.
[[nodiscard]] std::optional<std::int64_t> open_deletion_code(std::string_view code,
                                                             std::string_view provider,
                                                             const crypto::Keyring& keyring);

}  // namespace social::session
