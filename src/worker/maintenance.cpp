#include "worker/maintenance.hpp"

#include <chrono>
#include <vector>

#include "coro/result_task.hpp"
#include "loop/error_log.hpp"
#include "loop/sleep.hpp"
#include "worker/worker.hpp"

namespace social::ngx {

namespace {

constexpr std::chrono::milliseconds kInterval{2000};
constexpr std::chrono::milliseconds kNextOfMany{100};  // after an unfinished round
constexpr std::size_t kParallelRefreshes = 16;         // per worker
constexpr std::int64_t kTaken = 30;                    // seconds; the lease of one refresh

// Returns true if more work may be left.
flow::Task<bool> evict_expired(MaintenanceContext services) {
    services.worker.publish();
    const bool swept_all = services.store.sweep() == 0;
    const std::size_t running = services.jobs.running();
    if (running >= kParallelRefreshes) {
        co_return true;
    }
    flow::DueLimits limits;
    limits.limit = kParallelRefreshes - running;
    limits.lease = kTaken;
    const std::vector<flow::DueSession> due = co_await services.refresh_queue.claim_due(limits);
    for (const flow::DueSession& session : due) {
        flow::start_refresh(session.key, services.refresh_context);
    }
    co_return !swept_all || due.size() == limits.limit;
}

}  // namespace

flow::Task<void> maintenance(MaintenanceContext services) {
    while (ngx_exiting == 0) {
        const Result<bool> more = co_await flow::as_result(evict_expired(services));
        if (!more) {
            loop::log_error(ngx_cycle->log, more.error(), {});
        }
        loop::Sleep pause(more.value_or(false) ? kNextOfMany : kInterval, loop::OnExit::abandon);
        co_await pause;
    }
}

}  // namespace social::ngx
