// A bounded memory of sessions that this process has opened, so that the next read of one need
// not open it again. It says nothing of what is stored: who finds a session here compares it with
// that, by its sealing, which no two sealed records have in common, or byte by byte.
//
// What is in here is in clear, as the keyring of this process is; it is wiped when the last
// one lets go of it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/set_associative_cache.hpp"
#include "session/record.hpp"

namespace social::flow {

// A session as several hold it.
using SharedRecord = std::shared_ptr<const session::Record>;

// Takes the record over and wipes its body at the end.
[[nodiscard]] SharedRecord share(session::Record record);

class DecryptedSessionCache {
public:
    static constexpr std::size_t kSlots = 4096;    // sessions that are kept at most
    static constexpr std::size_t kWays = 4;        // of them in one set
    static constexpr std::size_t kLongest = 4096;  // bytes of the body of one that is kept

    struct Slot {
        session::StoreKey key{};
        std::string sealed;       // as stored when it was opened
        std::size_t sealing = 0;  // how much of it is its own: see session::Opened
        SharedRecord record;
    };

    // nullptr where there is none. What is pointed to lives until the next put().
    [[nodiscard]] const Slot* find(const session::StoreKey& key) const noexcept;

    // The record, for the caller; kept only where it is right now, not too long, under the first
    // key, and its sealing can be compared. `sealed` is what was opened.
    SharedRecord put(const session::StoreKey& key, session::Opened opened, std::string sealed);

private:
    base::SetAssociativeCache<Slot, kSlots, kWays> slots_;
};

}  // namespace social::flow
