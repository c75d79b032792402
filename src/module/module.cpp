// The module's tables and entry points: configuration contexts, phase handlers, filters, workers.
//
//     nginx calls or reads      at this time                  the work is done in
//     ------------------------  ----------------------------  ------------------------------------
//     on_preconfiguration       http{} opens                  module/variables.cpp
//     directives                a directive is parsed         conf/directives.cpp has the table,
//                                                             the others of conf/ the setters
//     on_http_read              http{} is parsed              conf/http_check.cpp
//     on_merge_server           a server{} is merged          this file
//     on_merge_location         a location{} is merged        conf/location_check.cpp
//     on_postconfiguration      all contexts are merged       this file: adds the phase handlers
//     on_configuration_ready    the shared zones exist        access/quota.cpp
//                                                             shm/zone_takeover.cpp
//     on_worker_start           a worker starts               worker/worker.cpp, filters: see below
//     on_worker_exit            a worker exits                worker/worker.cpp
//
//     of a request              phase or filter               the work is done in
//     ------------------------  ----------------------------  ------------------------------------
//     on_access                 access                        access/bearer.cpp, access/quota.cpp
//     on_credential             precontent                    access/credential.cpp
//     Mount::handler            content                       endpoint/endpoints.cpp
//     add_envelope_filters      header filter, body filter    module/envelope_filter.cpp
//     add_credential_filter     header filter                 access/credential.cpp
//     insert_headers_filter     header filter                 request/headers_filter.cpp
//     on_log_credential         log, before the access log    access/credential.cpp
//     on_log                    log                           endpoint/status.cpp
#include <curl/curl.h>

#include <algorithm>

#include "access/bearer.hpp"
#include "access/credential.hpp"
#include "access/quota.hpp"
#include "conf/directives.hpp"
#include "conf/http_check.hpp"
#include "conf/location_check.hpp"
#include "endpoint/status.hpp"
#include "loop/guard.hpp"
#include "module/envelope_filter.hpp"
#include "module/variables.hpp"
#include "request/headers_filter.hpp"
#include "settings/settings.hpp"
#include "shm/zone_takeover.hpp"
#include "worker/worker.hpp"

namespace social::ngx {

namespace {

template <class Settings>
void* on_create(ngx_conf_t* cf) noexcept {
    return loop::guard(cf->log, "settings", static_cast<void*>(nullptr),
                       [cf]() -> void* { return &create<Settings>(cf->pool); });
}

// Merges one value: an unset value takes that of the enclosing context.
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

// nginx makes a nameless location for "if" and for limit_except. It takes over everything of the
// enclosing location but the content handler. In an "if" without a handler of its own nginx keeps
// the enclosing handler; in limit_except it drops it.
void take_over(ngx_http_core_loc_conf_t& core, LocationSettings& own,
               const LocationSettings& above) noexcept {
    const ngx_flag_t bearer = own.bearer;
    const DirectivePosition at = own.bearer_at;
    own = above;
    if (bearer != NGX_CONF_UNSET) {
        own.bearer = bearer;
        own.bearer_at = at;
    }
    if (core.handler != nullptr) {
        own.endpoint = Endpoint::none;
    } else if (core.lmt_excpt != 0) {
        core.handler = above.mount.handler;
    }
}

char* completed(ngx_conf_t* cf, LocationSettings& own) noexcept {
    return loop::guard(cf->log, "configuration", static_cast<char*>(NGX_CONF_ERROR), [&] {
        return complete_location(cf, own) ? NGX_CONF_OK : static_cast<char*>(NGX_CONF_ERROR);
    });
}

char* on_merge_location(ngx_conf_t* cf, void* parent, void* child) noexcept {
    const auto& above = *static_cast<LocationSettings*>(parent);
    auto& own = *static_cast<LocationSettings*>(child);
    auto* core = static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
    if (core->noname != 0) {
        take_over(*core, own, above);
        return completed(cf, own);
    }
    if (own.bearer == NGX_CONF_UNSET) {
        own.bearer = above.bearer;
        own.bearer_at = above.bearer_at;
    }
    inherit(own.credential, above.credential, {});
    return completed(cf, own);
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

// Precedes the access log, which is a handler of the same phase.
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

// Runs after http{} is parsed. Every check is here or in a merge, never in postconfiguration. nginx
// builds its filter chains in postconfiguration. A later failure would leave half a chain to
// workers that start afterwards.
char* on_http_read(ngx_conf_t* cf, void* conf) noexcept {
    return loop::guard(cf->log, "configuration", static_cast<char*>(NGX_CONF_ERROR), [cf, conf] {
        return complete_http(cf, *static_cast<MainSettings*>(conf))
                   ? NGX_CONF_OK
                   : static_cast<char*>(NGX_CONF_ERROR);
    });
}

// Fails only if no memory is left.
ngx_int_t on_postconfiguration(ngx_conf_t* cf) noexcept {
    auto* core = static_cast<ngx_http_core_main_conf_t*>(
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
    const MainSettings& settings = main_settings(cf);
    warn_of_unused_credential(cf, settings);
    const bool added =
        add_handler(*core, NGX_HTTP_ACCESS_PHASE, &on_access) &&
        add_handler(*core, NGX_HTTP_PRECONTENT_PHASE, &on_credential) &&
        (!settings.status_in_use || add_handler(*core, NGX_HTTP_LOG_PHASE, &on_log)) &&
        (!settings.positions.credential || add_first_log_handler(*core, &on_log_credential));
    return added ? NGX_OK : NGX_ERROR;
}

// Runs in the master and in `nginx -t`, after the shared zones exist. A failure here would end the
// master.
ngx_int_t on_configuration_ready(ngx_cycle_t* cycle) noexcept {
    MainSettings* settings = main_settings(cycle);
    if (settings != nullptr && settings->store && !settings->redis) {
        divide_counters(*settings, cycle->log);
    }
    if (store::drops_sessions(*cycle, ngx_http_social_module)) {
        ngx_log_error(NGX_LOG_WARN, cycle->log, 0,
                      "social: the sessions in memory are dropped, since \"social_store\" has "
                      "another type or size");
    }
    return NGX_OK;
}

// nginx also calls this in its cache processes, which serve no requests.
ngx_int_t on_worker_start(ngx_cycle_t* cycle) noexcept {
    MainSettings* settings = main_settings(cycle);
    const bool serves = ngx_process == NGX_PROCESS_WORKER || ngx_process == NGX_PROCESS_SINGLE;
    if (settings == nullptr || !serves) {
        return NGX_OK;
    }
    // Not in postconfiguration: the master's chains belong to the configuration that it read last.
    // That one may have been rejected, with or without this module in it.
    add_envelope_filters();
    add_credential_filter();
    if (insert_headers_filter(cycle) != NGX_OK) {
        return NGX_ERROR;
    }
    if (!settings->store) {
        return NGX_OK;
    }
    return loop::guard(
        cycle->log, "worker start", static_cast<ngx_int_t>(NGX_ERROR), [settings, cycle] {
            curl_global_init(CURL_GLOBAL_DEFAULT);
            settings->worker = std::make_unique<Worker>(settings->for_worker(), cycle);
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
    .init_main_conf = &on_http_read,
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
