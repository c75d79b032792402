// The services of one worker process. init_process creates them; MainSettings owns them.
// exit_process destroys them before nginx reports open sockets. Only the event loop uses them.
#pragma once

#include <chrono>
#include <memory>

#include "coro/semaphore.hpp"
#include "crypto/keyring.hpp"
#include "flow/app_token.hpp"
#include "flow/authorization_request_cache.hpp"
#include "flow/ports.hpp"
#include "flow/quota_counter.hpp"
#include "flow/rate_limiter.hpp"
#include "flow/refresh.hpp"
#include "flow/sessions.hpp"
#include "loop/async_scope.hpp"
#include "ngx/ngx.hpp"
#include "site/open_windows.hpp"
#include "worker/suspended.hpp"
#include "worker/worker_settings.hpp"

namespace social::ngx {

// nginx's cached time: all events of one loop iteration get the same value.
class LoopClock final : public flow::Clock {
public:
    [[nodiscard]] std::int64_t now() const noexcept override { return ngx_time(); }
    [[nodiscard]] std::chrono::milliseconds monotonic() const noexcept override {
        return std::chrono::milliseconds(ngx_current_msec);
    }
};

class Worker {
public:
    // Starts the background jobs. `cycle` outlives the worker. Throws if no memory is left.
    Worker(WorkerSettings settings, ngx_cycle_t* cycle);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    // The references of all accessors are valid as long as the worker.
    [[nodiscard]] flow::Ports& ports() noexcept { return ports_; }
    [[nodiscard]] flow::Sessions& sessions() noexcept { return sessions_; }
    // Counters of all workers; with Redis as the store, of all instances.
    [[nodiscard]] flow::QuotaCounter& quotas() noexcept { return quotas_; }
    [[nodiscard]] flow::RateLimiter& attempts() noexcept { return attempts_; }
    [[nodiscard]] const crypto::Keyring& keyring() const noexcept { return keyring_; }

    // The context in which flows refresh the tokens of sessions.
    [[nodiscard]] const flow::RefreshContext& refresh_context() const noexcept {
        return refresh_context_;
    }
    // The tokens of the applications themselves (RFC 6749 §4.4).
    [[nodiscard]] flow::AppTokens app_tokens() noexcept;
    [[nodiscard]] flow::Jobs& jobs() noexcept;

    [[nodiscard]] site::OpenWindows& open_windows() noexcept;
    [[nodiscard]] flow::AuthorizationRequestCache& login_starts() noexcept;

    // Adds the counts of this worker since the last call to the shared counts.
    void publish() noexcept;

    // Runs coroutines that belong to no request.
    [[nodiscard]] loop::AsyncScope& background() noexcept;

    // Limits concurrent password hashes.
    [[nodiscard]] flow::Semaphore& hashing() noexcept;

    // Registers a suspended request. A worker that exits at once cancels all of them first.
    void enter(Suspended& flow) noexcept { suspended_.enter(flow); }
    static void leave(Suspended& flow) noexcept { SuspendedFlows::leave(flow); }

private:
    struct Services;

    WorkerSettings settings_;
    crypto::Keyring keyring_;
    std::unique_ptr<Services> services_;
    flow::QuotaCounter& quotas_;
    flow::RateLimiter& attempts_;
    flow::Ports ports_;
    flow::Sessions sessions_;
    flow::RefreshContext refresh_context_;
    SuspendedFlows suspended_;
};

}  // namespace social::ngx
