// Keeps the keys of one `social_token_key jwks https://…` fresh in one worker. It fetches them at
// its start and then every 54 to 66 minutes. A token with an unknown `kid` triggers a fetch at
// once, at most once a minute. After a failed fetch the old keys stay valid, and it retries with
// backoff.
//
// Owned by the worker's services; its coroutines run in their AsyncScope.
#pragma once

#include "coro/task.hpp"
#include "crypto/key_set.hpp"
#include "flow/clock.hpp"
#include "flow/http.hpp"
#include "flow/jwks_cache.hpp"
#include "loop/async_scope.hpp"
#include "worker/worker_settings.hpp"

namespace social::ngx {

class KeyRefresh {
public:
    // All of them outlive this object. The source is part of the settings.
    struct Ports {
        flow::Http& http;
        const flow::Clock& clock;
        loop::AsyncScope& background;
    };
    // Starts the first fetch.
    KeyRefresh(const KeySource& source, Ports ports);
    KeyRefresh(const KeyRefresh&) = delete;
    KeyRefresh& operator=(const KeyRefresh&) = delete;
    ~KeyRefresh();

private:
    flow::Task<void> keep_fresh();
    flow::Task<void> ask_once();
    flow::Task<bool> refresh();
    flow::Task<crypto::KeySet> fetch();
    void on_unknown_key();

    const KeySource& source_;
    Ports ports_;
    flow::JwksCache cache_;
};

}  // namespace social::ngx
