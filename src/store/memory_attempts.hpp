// Attempts at the token API, counted in shared memory: the port over MemoryStore's table. Its
// tasks complete at once.
#pragma once

#include "flow/ports.hpp"
#include "store/memory_store.hpp"

namespace social::store {

class MemoryAttempts final : public flow::AttemptCounter {
public:
    // `store` outlives the object.
    explicit MemoryAttempts(MemoryStore& store) noexcept : store_(store) {}

    flow::Task<flow::AttemptVerdict> attempt(flow::AttemptRate rate) override;
    flow::Task<void> take_back(std::string counter) override;
    flow::Task<void> forget(std::string counter) override;
    flow::Task<std::uint64_t> count(std::string counter) override;

private:
    [[nodiscard]] CounterKey key_of(std::string_view counter) const noexcept;

    MemoryStore& store_;
};

}  // namespace social::store
