// What a worker does for sessions that nobody asks for: removes those that have ended, and
// refreshes the tokens that want it. Every worker does; the store gives each session to one.
#pragma once

#include "coro/task.hpp"
#include "flow/refresh.hpp"
#include "flow/refresh_queue.hpp"
#include "store/memory_store.hpp"
#include "worker/jobs.hpp"

namespace social::ngx {

class Worker;

// All outlive the Task, which ends when the worker is told to.
struct MaintenanceContext {
    store::MemoryStore& store;
    flow::RefreshQueue& refresh_queue;
    WorkerJobs& jobs;
    const flow::RefreshContext& refresh_context;
    Worker& worker;
};
[[nodiscard]] flow::Task<void> maintenance(MaintenanceContext services);

}  // namespace social::ngx
