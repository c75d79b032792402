#include "worker/worker.hpp"

#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "flow/issuers.hpp"
#include "http_client/curl_multi.hpp"
#include "loop/sleep.hpp"
#include "redis_client/redis_client.hpp"
#include "store/invalidation_listener.hpp"
#include "store/redis_attempts.hpp"
#include "store/redis_quota.hpp"
#include "store/redis_store.hpp"
#include "store/session_cache.hpp"
#include "worker/key_refresh.hpp"
#include "worker/maintenance.hpp"
#include "worker/password_check.hpp"

namespace social::ngx {

namespace {

loop::CurlSettings curl_settings(const loop::CertificateFiles& certificates, ngx_cycle_t* cycle) {
    // `resolver` of http{}: the calls belong to no location.
    auto* http = reinterpret_cast<ngx_http_conf_ctx_t*>(cycle->conf_ctx[ngx_http_module.index]);
    auto* core =
        static_cast<ngx_http_core_loc_conf_t*>(http->loc_conf[ngx_http_core_module.ctx_index]);
    loop::CurlSettings settings;
    settings.resolver = core->resolver;
    settings.resolver_timeout = core->resolver_timeout;
    settings.certificates = &certificates;
    return settings;
}

// The services of a worker whose store is Redis.
struct RedisServices {
    RedisServices(const RedisStoreSettings& settings, const flow::Clock& clock,
                  store::MemoryStore& memory, loop::AsyncScope& background)
        : keys(settings.prefix),
          client(loop::make_redis_client(settings.server, background)),
          quotas(*client, keys, background),
          attempts(*client, keys) {
        if (!settings.cached) {
            sessions = std::make_unique<store::RedisStore>(*client, clock, keys);
            return;
        }
        auto cache = std::make_unique<store::SessionCache>(
            store::SessionCache::Services{*client, clock, keys, memory, background},
            store::CacheSettings{settings.cache_ttl, settings.stale});
        listener.emplace(store::InvalidationListener::Services{*client, keys, *cache, memory});
        sessions = std::move(cache);
    }

    store::RedisKeys keys;
    std::unique_ptr<loop::RedisClient> client;
    store::RedisQuota quotas;
    store::RedisAttempts attempts;
    std::unique_ptr<store::RedisStore> sessions;
    std::optional<store::InvalidationListener> listener;
};

}  // namespace

// The adapters behind the ports and other mutable state, in one allocation: ports_ refers to it.
struct Worker::Services {
    Services(const WorkerSettings& settings, ngx_cycle_t* cycle)
        : memory_attempts(settings.store),
          http(curl_settings(settings.certificates, cycle)),
          login_starts(settings.sites),
          hashing(parallel_hashes(cycle), background),
          background(cycle->log) {
        if (settings.redis) {
            redis.emplace(*settings.redis, clock, settings.store, background);
        }
    }

    LoopClock clock;
    store::MemoryAttempts memory_attempts;
    std::optional<RedisServices> redis;
    loop::RedisStatistics told;  // the counts that publish() has added already
    loop::LoopTimer timer;
    loop::CurlClient http;
    flow::Issuers issuers{http, clock, background};
    site::OpenWindows open_windows;
    flow::AuthorizationRequestCache login_starts;
    WorkerJobs jobs{background};
    // Declared before `background`, whose jobs refer to them until they end.
    flow::Semaphore hashing;
    std::list<KeyRefresh> key_refreshes;
    loop::AsyncScope background;

    // The ports of the configured store.
    [[nodiscard]] flow::Ports ports(store::MemoryStore& memory) noexcept {
        return redis ? ports_over(*redis->sessions) : ports_over(memory);
    }
    [[nodiscard]] flow::RefreshQueue& refresh_queue(store::MemoryStore& memory) noexcept {
        return redis ? static_cast<flow::RefreshQueue&>(*redis->sessions) : memory;
    }
    [[nodiscard]] flow::QuotaCounter& quotas(store::MemoryStore& memory) noexcept {
        return redis ? static_cast<flow::QuotaCounter&>(redis->quotas) : memory;
    }
    [[nodiscard]] flow::RateLimiter& attempts() noexcept {
        return redis ? static_cast<flow::RateLimiter&>(redis->attempts) : memory_attempts;
    }

private:
    template <class Store>
    [[nodiscard]] flow::Ports ports_over(Store& store) noexcept {
        return {.http = http,
                .store = store,
                .one_time_values = store,
                .leases = store,
                .clock = clock,
                .timer = timer,
                .scheduler = background,
                .issuers = &issuers};
    }
};

Worker::Worker(WorkerSettings settings, ngx_cycle_t* cycle)
    : settings_(std::move(settings)),
      keyring_(settings_.keyring ? *settings_.keyring
                                 : crypto::Keyring(settings_.store.ephemeral_key())),
      services_(std::make_unique<Services>(settings_, cycle)),
      quotas_(services_->quotas(settings_.store)),
      attempts_(services_->attempts()),
      ports_(services_->ports(settings_.store)),
      sessions_(ports_.store, keyring_, services_->clock, settings_.session_ttl),
      refresh_context_{settings_.find_provider, sessions_, services_->jobs, ports_} {
    for (const KeySource& source : settings_.key_sources) {
        services_->key_refreshes.emplace_back(
            source, KeyRefresh::Ports{.http = services_->http,
                                      .clock = services_->clock,
                                      .background = services_->background});
    }
    if (services_->redis && services_->redis->listener) {
        services_->background.spawn(services_->redis->listener->listen());
    }
    services_->background.spawn(
        maintenance({settings_.store, services_->refresh_queue(settings_.store), services_->jobs,
                     refresh_context_, *this}));
}

// A worker that exits at once may have suspended requests. Their frames hold handles of the
// services, so they are destroyed first.
Worker::~Worker() {
    suspended_.cancel();
}

flow::AppTokens Worker::app_tokens() noexcept {
    return {.keyring = keyring_, .jobs = services_->jobs, .ports = ports_};
}

flow::Jobs& Worker::jobs() noexcept {
    return services_->jobs;
}

loop::AsyncScope& Worker::background() noexcept {
    return services_->background;
}

flow::Semaphore& Worker::hashing() noexcept {
    return services_->hashing;
}

site::OpenWindows& Worker::open_windows() noexcept {
    return services_->open_windows;
}

flow::AuthorizationRequestCache& Worker::login_starts() noexcept {
    return services_->login_starts;
}

void Worker::publish() noexcept {
    if (settings_.counts == nullptr || !services_->redis) {
        return;
    }
    using store::Extra;
    const loop::RedisStatistics& now = services_->redis->client->statistics();
    loop::RedisStatistics& told = services_->told;
    settings_.counts->add(Extra::redis_commands, now.commands - told.commands);
    settings_.counts->add(Extra::redis_failures, now.failures - told.failures);
    settings_.counts->add(Extra::redis_connects, now.connects - told.connects);
    told = now;
}

}  // namespace social::ngx
