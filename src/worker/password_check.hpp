// Compares a password with a crypt(5) hash. A hash takes milliseconds and megabytes by design, so
// nginx's thread pool computes it. The worker's share of the processors bounds the number of
// concurrent hashes.
#pragma once

#include <string>

#include "base/secret.hpp"
#include "coro/semaphore.hpp"
#include "coro/task.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// The number of hashes that a worker may compute at a time, at least 1.
[[nodiscard]] std::size_t parallel_hashes(ngx_cycle_t* cycle) noexcept;

#if (NGX_THREADS)

struct PasswordWork {
    ngx_thread_pool_t& pool;
    flow::Semaphore& hashing;
};

// Takes as long for a wrong password as for the right one. Throws Failure (store_unavailable) if
// the pool's queue is full. `work` outlives the Task.
flow::Task<bool> password_fits(PasswordWork work, base::Secret password, std::string hash);

#endif

}  // namespace social::ngx
