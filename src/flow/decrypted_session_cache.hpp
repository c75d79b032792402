// A bounded cache of decrypted sessions, so that the next read of a session need not decrypt it.
//
// An entry may be out of date. Before using one, the caller compares its sealed bytes, or its
// sealing, with the store. The sealing is unique to each sealed record.
//
// Entries are plaintext, like the keyring of the process. The last owner of a record wipes it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/set_associative_cache.hpp"
#include "session/record.hpp"

namespace social::flow {

// A session record with shared ownership.
using SharedRecord = std::shared_ptr<const session::Record>;

// Takes ownership of the record. The last owner wipes its body; Secrets wipe themselves.
[[nodiscard]] SharedRecord share(session::Record record);

class DecryptedSessionCache {
public:
    static constexpr std::size_t kSlots = 4096;    // cached sessions, at most
    static constexpr std::size_t kWays = 4;        // slots per set
    static constexpr std::size_t kLongest = 4096;  // bytes of a cached body

    struct Slot {
        session::StoreKey key{};
        std::string sealed;       // the stored bytes that were decrypted
        std::size_t sealing = 0;  // bytes of the unique prefix: see session::Opened
        SharedRecord record;
    };

    // Returns nullptr on a miss. The slot lives until the next put().
    [[nodiscard]] const Slot* find(const session::StoreKey& key) const noexcept;

    // Returns the record, and caches it if it may be used again:
    // 1. It is not stale.
    // 2. The first key of the keyring sealed it.
    // 3. The body is at most kLongest bytes.
    // 4. The sealing is at most session::kMaxSealingBytes.
    // `sealed` is the stored text of `opened`.
    SharedRecord put(const session::StoreKey& key, session::Opened opened, std::string sealed);

private:
    base::SetAssociativeCache<Slot, kSlots, kWays> slots_;
};

}  // namespace social::flow
