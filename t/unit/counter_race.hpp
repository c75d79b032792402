// Processes that race for counters in shared memory.
#pragma once

#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <random>
#include <span>

#include "shared_memory.hpp"

namespace social::test {

using Counts = std::span<std::atomic<std::uint64_t>>;

struct CounterRace {
    unsigned processes;
    int rounds;  // of each process
};

// In each round a process calls admit(view, number) with its own view of the table and the number
// of a random counter, and counts in `admitted` what returns true. True when every process has
// ended well.
template <class Table, class Admit>
[[nodiscard]] bool race(const CounterRace& race, std::span<typename Table::Stripe> stripes,
                        Counts admitted, Admit admit) {
    return run_in_processes(race.processes, [&](unsigned number) {
        std::mt19937_64 random(number);
        Table view(stripes);
        view.set_process_id(static_cast<std::uint32_t>(::getpid()));
        for (int round = 0; round < race.rounds; ++round) {
            const std::uint64_t counter = random() % admitted.size();
            admitted[counter] += admit(view, counter) ? 1 : 0;
        }
    });
}

}  // namespace social::test
