// The module as nginx knows it: settings of each context, phases, and the start
// and end of a worker.
#include "ngx/module.hpp"

#include <curl/curl.h>

#include <algorithm>

#include "loop/guard.hpp"
#include "ngx/bearer.hpp"
#include "ngx/credential.hpp"
#include "ngx/directives.hpp"
#include "ngx/envelope_filter.hpp"
#include "ngx/quota.hpp"
#include "ngx/settings.hpp"
#include "ngx/status.hpp"
#include "ngx/variables.hpp"
#include "ngx/worker.hpp"

namespace social::ngx {

namespace {

template <class Settings>
void* on_create(ngx_conf_t* cf) noexcept {
    return loop::guard(cf->log, "settings", static_cast<void*>(nullptr),
                       [cf]() -> void* { return &create<Settings>(cf->pool); });
}

// A server or location has what it says itself, else what its parent has.
template <class T>
void inherit(T& own, const T& parent, const T& unset) noexcept {
    if (own == unset) {
        own = parent;
    }
}

char* on_merge_server(ngx_conf_t* /*cf*/, void* parent, void* child) noexcept {
    const auto& above = *static_cast<ServerSettings*>(parent);
    auto& own = *static_cast<ServerSettings*>(child);
    inherit(own.public_url, above.public_url, {});
    inherit(own.pages, above.pages, {});
    return NGX_CONF_OK;
}

// A provider that is named without variables must exist. This runs when all of
// http{} has been read, so blocks may stand in any order.
bool names_known_provider(ngx_conf_t* cf, const LocationSettings& own) noexcept {
    if (own.provider == nullptr || own.provider->lengths != nullptr ||
        own.provider->value.len == 0) {
        return true;
    }
    return main_settings(cf).find_provider(view(own.provider->value)) != nullptr;
}

// A body of the token API is bounded by the handler itself. nginx's own limit bounds what another
// module reads before, as mirror does, into a file where it has to. The core module has merged its
// settings before this one.
void set_body_limit(ngx_http_core_loc_conf_t& core, const LocationSettings& own) noexcept {
    constexpr off_t kLimit = 1024 * 1024;  // bytes; nginx's default
    if (own.endpoint == Endpoint::authenticate) {
        core.client_max_body_size = kLimit;
    }
}

// False when the mistake is in the log.
bool complete_location(ngx_conf_t* cf, LocationSettings& own) noexcept {
    if (own.credential == nullptr) {
        return true;
    }
    Error mistake{Kind::bad_request, kAlreadyLogged, {}};
    const Result<void> done =
        loop::guard(cf->log, "social_credential", Result<void>(std::unexpected(mistake)),
                    [&] { return complete_credential(cf, own); });
    if (!done) {
        log_conf_error(cf, "social_credential", done.error());
    }
    return done.has_value();
}

// "if" and limit_except are locations of their own to nginx, which take over all of the location
// around them but its handler. nginx keeps that of the location in an "if" without one of its
// own, and forgets it in limit_except.
void take_over(ngx_http_core_loc_conf_t& core, LocationSettings& own,
               const LocationSettings& above) noexcept {
    const ngx_flag_t bearer = own.bearer;
    own = above;
    own.bearer = bearer != NGX_CONF_UNSET ? bearer : above.bearer;
    if (core.handler != nullptr) {
        own.endpoint = Endpoint::none;
    } else if (core.lmt_excpt != 0) {
        core.handler = above.handler;
    }
}

char* on_merge_location(ngx_conf_t* cf, void* parent, void* child) noexcept {
    const auto& above = *static_cast<LocationSettings*>(parent);
    auto& own = *static_cast<LocationSettings*>(child);
    auto* core = static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
    if (core->noname != 0) {
        take_over(*core, own, above);
        set_body_limit(*core, own);
        return complete_location(cf, own) ? NGX_CONF_OK : static_cast<char*>(NGX_CONF_ERROR);
    }
    inherit(own.bearer, above.bearer, static_cast<ngx_flag_t>(NGX_CONF_UNSET));
    inherit(own.credential, above.credential, {});
    set_body_limit(*core, own);
    if (!complete_location(cf, own)) {
        return static_cast<char*>(NGX_CONF_ERROR);
    }
    if (!names_known_provider(cf, own)) {
        ngx_conf_log_error(
            NGX_LOG_EMERG, cf, 0,
            "unknown provider \"%V\", there is no social_provider block of that name",
            &own.provider->value);
        return static_cast<char*>(NGX_CONF_ERROR);
    }
    return NGX_CONF_OK;
}

bool add_handler(ngx_http_core_main_conf_t& core, ngx_http_phases phase,
                 ngx_http_handler_pt handler) noexcept {
    auto* place = static_cast<ngx_http_handler_pt*>(ngx_array_push(&core.phases[phase].handlers));
    if (place == nullptr) {
        return false;
    }
    *place = handler;
    return true;
}

// In front of the access log, which is a handler of the same phase.
bool add_first_log_handler(ngx_http_core_main_conf_t& core, ngx_http_handler_pt handler) noexcept {
    if (!add_handler(core, NGX_HTTP_LOG_PHASE, handler)) {
        return false;
    }
    const ngx_array_t& all = core.phases[NGX_HTTP_LOG_PHASE].handlers;
    auto* first = static_cast<ngx_http_handler_pt*>(all.elts);
    std::rotate(first, first + all.nelts - 1, first + all.nelts);
    return true;
}

ngx_int_t on_preconfiguration(ngx_conf_t* cf) noexcept {
    return add_variables(cf);
}

ngx_int_t on_postconfiguration(ngx_conf_t* cf) noexcept {
    return loop::guard(cf->log, "configuration", static_cast<ngx_int_t>(NGX_ERROR), [cf] {
        MainSettings& settings = main_settings(cf);
        const bool needs_worker = !settings.providers.empty() || settings.sites.size() != 0 ||
                                  settings.authentication.in_use || settings.status_in_use ||
                                  !settings.token.sources.empty();
        if (!settings.store && needs_worker) {
            if (!open_default_store(cf, settings)) {
                return static_cast<ngx_int_t>(NGX_ERROR);
            }
        }
        if (settings.status_in_use && !open_counts(cf, settings)) {
            return static_cast<ngx_int_t>(NGX_ERROR);
        }
        if (settings.redis && !settings.keyring) {
            log_conf_error(cf, "social_store",
                           {Kind::bad_request,
                            "is Redis, which several instances share: they need the same "
                            "social_keyring, and there is none",
                            {}});
            return static_cast<ngx_int_t>(NGX_ERROR);
        }
        if (const Result<void> finished = finish_tokens(settings); !finished) {
            log_conf_error(cf, "social_authenticate", finished.error());
            return static_cast<ngx_int_t>(NGX_ERROR);
        }
        auto* core = static_cast<ngx_http_core_main_conf_t*>(
            ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
        if (!add_handler(*core, NGX_HTTP_ACCESS_PHASE, &on_access) ||
            !add_handler(*core, NGX_HTTP_PRECONTENT_PHASE, &on_credential) ||
            (settings.status_in_use && !add_handler(*core, NGX_HTTP_LOG_PHASE, &on_log)) ||
            (settings.credentials_in_use && !add_first_log_handler(*core, &on_log_credential))) {
            return static_cast<ngx_int_t>(NGX_ERROR);
        }
        add_envelope_filters();
        add_credential_filter();
        return static_cast<ngx_int_t>(NGX_OK);
    });
}

// In the master, and in `nginx -t`: the zones are there.
ngx_int_t on_configuration_ready(ngx_cycle_t* cycle) noexcept {
    MainSettings* settings = main_settings(cycle);
    if (settings != nullptr && settings->store && !settings->redis) {
        divide_counters(*settings, cycle->log);
    }
    return NGX_OK;
}

// Also called in nginx's cache processes, which serve no requests.
ngx_int_t on_worker_start(ngx_cycle_t* cycle) noexcept {
    MainSettings* settings = main_settings(cycle);
    const bool serves = ngx_process == NGX_PROCESS_WORKER || ngx_process == NGX_PROCESS_SINGLE;
    if (settings == nullptr || !settings->store || !serves) {
        return NGX_OK;
    }
    return loop::guard(cycle->log, "worker start", static_cast<ngx_int_t>(NGX_ERROR),
                       [settings, cycle] {
                           curl_global_init(CURL_GLOBAL_DEFAULT);
                           settings->worker = std::make_unique<Worker>(*settings, cycle);
                           return static_cast<ngx_int_t>(NGX_OK);
                       });
}

void on_worker_exit(ngx_cycle_t* cycle) noexcept {
    MainSettings* settings = main_settings(cycle);
    if (settings != nullptr && settings->worker) {
        settings->worker.reset();
        curl_global_cleanup();
    }
}

ngx_http_module_t context = {
    .preconfiguration = &on_preconfiguration,
    .postconfiguration = &on_postconfiguration,
    .create_main_conf = &on_create<MainSettings>,
    .init_main_conf = nullptr,
    .create_srv_conf = &on_create<ServerSettings>,
    .merge_srv_conf = &on_merge_server,
    .create_loc_conf = &on_create<LocationSettings>,
    .merge_loc_conf = &on_merge_location,
};

}  // namespace

}  // namespace social::ngx

ngx_module_t ngx_http_social_module = {
    NGX_MODULE_V1,
    &social::ngx::context,
    social::ngx::directives,
    NGX_HTTP_MODULE,
    nullptr,  // init master
    &social::ngx::on_configuration_ready,
    &social::ngx::on_worker_start,
    nullptr,  // init thread
    nullptr,  // exit thread
    &social::ngx::on_worker_exit,
    nullptr,  // exit master
    NGX_MODULE_V1_PADDING,
};
