// Keeps the keys of one `social_token_key jwks https://…` fresh in one worker: fetched at
// its start and every hour, and at once, but not more than once a minute, for a token that
// names a key nobody knows. Whatever fails, the keys that are there stay.
//
// Owned by the worker's services; its jobs run in their AsyncScope.
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
    // All of them outlive this; the source is part of the settings.
    struct Ports {
        flow::Http& http;
        const flow::Clock& clock;
        loop::AsyncScope& background;
    };
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
