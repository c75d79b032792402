#include "ngx/worker.hpp"

#include "loop/curl_client.hpp"
#include "loop/sleep.hpp"
#include "ngx/request_flow.hpp"
#include "ngx/settings.hpp"

namespace social::ngx {

// What flows reach through ports, in one allocation: ports_ refers to it.
struct Worker::Services {
    explicit Services(const loop::CurlSettings& settings) : http(settings) {}

    LoopClock clock;
    loop::LoopTimer timer;
    loop::CurlClient http;
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
      services_(std::make_unique<Services>(curl_settings(cycle))),
      ports_{services_->http, *settings.store, services_->clock, services_->timer},
      sessions_(*settings.store, keyring_, services_->clock, settings.session_ttl) {}

// A worker that is told to stop at once has requests in mid-flow. Their frames
// hold handles of the services, so they end first.
Worker::~Worker() {
    for (RequestFlow* flow : suspended_) {
        flow->cancel();
    }
}

void Worker::enter(RequestFlow& flow) {
    suspended_.insert(&flow);
}

void Worker::leave(RequestFlow& flow) noexcept {
    suspended_.erase(&flow);
}

}  // namespace social::ngx
