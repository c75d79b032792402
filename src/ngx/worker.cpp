#include "ngx/worker.hpp"

#include <list>

#include "flow/issuers.hpp"
#include "loop/curl_client.hpp"
#include "loop/sleep.hpp"
#include "ngx/key_refresh.hpp"
#include "ngx/password_check.hpp"
#include "ngx/settings.hpp"
#include "ngx/suspended.hpp"
#include "ngx/upkeep.hpp"

namespace social::ngx {

// What flows reach through ports and what changes from request to request, in one
// allocation: ports_ refers to it.
struct Worker::Services {
    Services(const loop::CurlSettings& settings, ngx_cycle_t* cycle)
        : http(settings), background(cycle->log), hashing(parallel_hashes(cycle)) {}

    LoopClock clock;
    loop::LoopTimer timer;
    loop::CurlClient http;
    flow::Issuers issuers{http, clock, timer};
    site::OpenWindows open_windows;
    WorkerJobs jobs{background};
    loop::Background background;
    loop::Turnstile hashing;
    std::list<KeyRefresh> key_refreshes;
};

namespace {

loop::CurlSettings curl_settings(ngx_cycle_t* cycle) {
    // `resolver` of http{}: locations of their own do not matter to calls that
    // belong to no location.
    auto* http = reinterpret_cast<ngx_http_conf_ctx_t*>(cycle->conf_ctx[ngx_http_module.index]);
    auto* core =
        static_cast<ngx_http_core_loc_conf_t*>(http->loc_conf[ngx_http_core_module.ctx_index]);
    loop::CurlSettings settings;
    settings.resolver = core->resolver;
    settings.resolver_timeout = core->resolver_timeout;
    return settings;
}

}  // namespace

Worker::Worker(MainSettings& settings, ngx_cycle_t* cycle)
    : keyring_(settings.keyring ? *settings.keyring
                                : crypto::Keyring(settings.store->ephemeral_key())),
      services_(std::make_unique<Services>(curl_settings(cycle), cycle)),
      ports_{services_->http, *settings.store, services_->clock, services_->timer,
             &services_->issuers},
      sessions_(*settings.store, keyring_, services_->clock,
                settings.session_ttl.value_or(kDefaultSessionTtl)),
      find_provider_([&settings](std::string_view name) { return settings.find_provider(name); }),
      renewals_{find_provider_, sessions_, services_->jobs, ports_} {
    for (const KeySource& source : settings.token.sources) {
        services_->key_refreshes.emplace_back(
            source, KeyRefresh::Ports{.http = services_->http,
                                      .clock = services_->clock,
                                      .background = services_->background});
    }
    services_->background.spawn(upkeep({*settings.store, services_->jobs, renewals_}));
}

// A worker that is told to stop at once has requests in mid-flow. Their frames
// hold handles of the services, so they end first.
Worker::~Worker() {
    for (Suspended* flow : suspended_) {
        flow->cancel();
    }
}

flow::AppTokens Worker::app_tokens() noexcept {
    return {.keyring = keyring_, .jobs = services_->jobs, .ports = ports_};
}

flow::Jobs& Worker::jobs() noexcept {
    return services_->jobs;
}

loop::Background& Worker::background() noexcept {
    return services_->background;
}

loop::Turnstile& Worker::hashing() noexcept {
    return services_->hashing;
}

site::OpenWindows& Worker::open_windows() noexcept {
    return services_->open_windows;
}

void Worker::enter(Suspended& flow) {
    suspended_.insert(&flow);
}

void Worker::leave(Suspended& flow) noexcept {
    suspended_.erase(&flow);
}

}  // namespace social::ngx
