// The periodic job of every worker: evicts expired sessions and refreshes tokens that are due. A
// lease of the store assigns each session to one worker.
#pragma once

#include "coro/task.hpp"
#include "flow/refresh.hpp"
#include "flow/refresh_queue.hpp"
#include "store/memory_store.hpp"
#include "worker/jobs.hpp"

namespace social::ngx {

class Worker;

// All of them outlive the Task, which returns when the worker exits.
struct MaintenanceContext {
    store::MemoryStore& store;
    flow::RefreshQueue& refresh_queue;
    WorkerJobs& jobs;
    const flow::RefreshContext& refresh_context;
    Worker& worker;
};
[[nodiscard]] flow::Task<void> maintenance(MaintenanceContext services);

}  // namespace social::ngx
