// The confirmation code of a data deletion: says, to nobody but a gateway with the same
// keyring, at which provider and when the data were deleted. Nothing is stored for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keyring.hpp"

namespace social::session {

struct Deletion {
    std::string_view provider;  // name of the block
    std::int64_t at = 0;        // Unix seconds
};

// Letters and digits alone.
[[nodiscard]] std::string make_deletion_code(const Deletion& deletion,
                                             const crypto::Keyring& keyring);

// When it was; nothing for a code that none of the keys sealed for this provider.
[[nodiscard]] std::optional<std::int64_t> open_deletion_code(std::string_view code,
                                                             std::string_view provider,
                                                             const crypto::Keyring& keyring);

}  // namespace social::session
