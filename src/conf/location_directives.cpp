// The directives of a location: endpoints and the guard.
#include <algorithm>

#include "conf/directives.hpp"
#include "conf/location_check.hpp"
#include "endpoint/endpoints.hpp"

namespace social::ngx {

namespace {

struct EndpointHandler {
    Endpoint endpoint;
    ngx_http_handler_pt handler;
};

// The merge of the location detects a content handler whose directive follows this one.
Result<void> mount(Directive& directive, LocationSettings& settings, const EndpointHandler& what) {
    if (settings.endpoint != Endpoint::none) {
        return fail(Kind::bad_request, "stands beside another handler of this module, use one");
    }
    auto* core = static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(directive.cf, ngx_http_core_module));
    if (core->handler != nullptr) {
        return fail(Kind::bad_request, kBesideHandler);
    }
    settings.endpoint = what.endpoint;
    settings.mount = {
        .handler = what.handler, .directive = directive.name, .at = position(directive.cf)};
    core->handler = what.handler;
    std::optional<ConfMessage>& first = main_settings(directive.cf).positions.endpoint;
    if (!first && serves_provider(what.endpoint)) {
        first = {settings.mount.at, directive.name};
    }
    if (is_api(what.endpoint)) {
        register_api_location(directive.cf, allowed_methods(what.endpoint));
    }
    if (directive.values.empty()) {
        return {};
    }
    if (directive.values.front().empty() && what.endpoint != Endpoint::session) {
        return fail(Kind::bad_request, "needs the name of a social_provider block");
    }
    ngx_str_t name = as_ngx(directive.values.front());
    settings.provider = compile_value(directive.cf, name);
    if (settings.provider == nullptr) {
        return fail(Kind::bad_request, kAlreadyLogged);
    }
    settings.provider_variable = only_variable(directive.cf, directive.values.front());
    return {};
}

// nginx's thread pool "default", which nginx creates if the configuration does not.
Result<void> open_thread_pool([[maybe_unused]] Directive& directive,
                              [[maybe_unused]] AuthenticationSettings& settings) {
#if (NGX_THREADS)
    settings.pool = ngx_thread_pool_add(directive.cf, nullptr);
    if (settings.pool == nullptr) {
        return fail(Kind::bad_request, kAlreadyLogged);
    }
    return {};
#else
    return fail(Kind::bad_request,
                "hashes passwords in threads, and this nginx has none: build it with "
                "--with-threads, or name a location that checks them");
#endif
}

}  // namespace

Result<void> set_auth(Directive& directive, LocationSettings& settings) {
    return mount(directive, settings, {Endpoint::auth, &on_auth});
}

Result<void> set_callback(Directive& directive, LocationSettings& settings) {
    return mount(directive, settings, {Endpoint::callback, &on_callback});
}

Result<void> set_landing(Directive& directive, LocationSettings& settings) {
    return mount(directive, settings, {Endpoint::landing, &on_landing});
}

Result<void> set_session(Directive& directive, LocationSettings& settings) {
    return mount(directive, settings, {Endpoint::session, &on_session});
}

Result<void> set_deauthorize(Directive& directive, LocationSettings& settings) {
    return mount(directive, settings, {Endpoint::deauthorize, &on_deauthorize});
}

Result<void> set_data_deletion(Directive& directive, LocationSettings& settings) {
    return mount(directive, settings, {Endpoint::data_deletion, &on_data_deletion});
}

Result<void> set_status(Directive& directive, LocationSettings& settings) {
    const std::string_view format =
        directive.values.empty() ? "prometheus" : directive.values.front();
    if (format == "json") {
        settings.status_format = StatusFormat::json;
    } else if (format == "html") {
        settings.status_format = StatusFormat::html;
    } else if (format != "prometheus") {
        return fail(Kind::bad_request, "knows prometheus, json and html", std::string(format));
    }
    main_settings(directive.cf).status_in_use = true;
    directive.values.clear();
    return mount(directive, settings, {Endpoint::status, &on_status});
}

Result<void> set_authenticate(Directive& directive, LocationSettings& settings) {
    AuthenticationSettings& authentication = main_settings(directive.cf).authentication;
    if (!authentication.in_use) {
        main_settings(directive.cf).positions.authenticate = position(directive.cf);
    }
    authentication.in_use = true;
    if (directive.values.empty()) {
        if (const Result<void> opened = open_thread_pool(directive, authentication); !opened) {
            return opened;
        }
        return mount(directive, settings, {Endpoint::authenticate, &on_authenticate});
    }
    const std::string_view uri = directive.values.front();
    if (!uri.starts_with('/')) {
        return fail(Kind::bad_request, "needs the uri of a location, as in /check-credentials",
                    std::string(uri));
    }
    if (uri.contains('$')) {
        return fail(Kind::bad_request, "takes a uri without variables, as in /check-credentials",
                    std::string(uri));
    }
    const std::size_t query = std::min(uri.find('?'), uri.size());
    settings.check = {.uri = as_ngx(uri.substr(0, query)),
                      .args = as_ngx(uri.substr(std::min(query + 1, uri.size())))};
    directive.values.clear();
    return mount(directive, settings, {Endpoint::authenticate, &on_authenticate});
}

Result<void> set_bearer(Directive& directive, LocationSettings& settings) {
    if (settings.bearer != NGX_CONF_UNSET) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const std::string_view value = directive.values.front();
    if (value != "on" && value != "off") {
        return fail(Kind::bad_request, "takes \"on\" or \"off\"", std::string(value));
    }
    settings.bearer = value == "on" ? 1 : 0;
    settings.bearer_at = position(directive.cf);
    return {};
}

}  // namespace social::ngx
