// The services of one worker process: made in init_process, reached through
// MainSettings, destroyed in exit_process, before nginx looks for open sockets.
// Touched by the event loop only.
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

// nginx's cached time: one value for all events of a turn of the loop.
class LoopClock final : public flow::Clock {
public:
    [[nodiscard]] std::int64_t now() const noexcept override { return ngx_time(); }
    [[nodiscard]] std::chrono::milliseconds monotonic() const noexcept override {
        return std::chrono::milliseconds(ngx_current_msec);
    }
};

class Worker {
public:
    Worker(WorkerSettings settings, ngx_cycle_t* cycle);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    [[nodiscard]] flow::Ports& ports() noexcept { return ports_; }
    [[nodiscard]] flow::Sessions& sessions() noexcept { return sessions_; }
    // What is counted over all workers, and instances where the store is Redis.
    [[nodiscard]] flow::QuotaCounter& quotas() noexcept { return quotas_; }
    [[nodiscard]] flow::RateLimiter& attempts() noexcept { return attempts_; }
    [[nodiscard]] const crypto::Keyring& keyring() const noexcept { return keyring_; }

    // What keeps the tokens of sessions good.
    [[nodiscard]] const flow::RefreshContext& refresh_context() const noexcept {
        return refresh_context_;
    }
    // Tokens of applications themselves.
    [[nodiscard]] flow::AppTokens app_tokens() noexcept;
    [[nodiscard]] flow::Jobs& jobs() noexcept;

    [[nodiscard]] site::OpenWindows& open_windows() noexcept;
    [[nodiscard]] flow::AuthorizationRequestCache& login_starts() noexcept;

    // Adds what this worker has counted by itself to the counts of all.
    void publish() noexcept;

    // Jobs that belong to no request.
    [[nodiscard]] loop::AsyncScope& background() noexcept;

    // Where passwords are hashed.
    [[nodiscard]] flow::Semaphore& hashing() noexcept;

    // Suspended requests, so that a worker that ends at once cancels them first.
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
