// The handlers of the HTTP surface and the guard: directives of a location.
#include "ngx/directives.hpp"
#include "ngx/endpoints.hpp"

namespace social::ngx {

namespace {

struct Mount {
    Endpoint endpoint;
    ngx_http_handler_pt handler;
};

Result<void> mount(Directive& directive, LocationSettings& settings, const Mount& what) {
    if (settings.endpoint != Endpoint::none) {
        return fail(Kind::bad_request, "stands beside another handler of this module, use one");
    }
    settings.endpoint = what.endpoint;
    auto* core = static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(directive.cf, ngx_http_core_module));
    core->handler = what.handler;
    if (directive.values.empty()) {
        return {};
    }
    ngx_str_t name = as_ngx(directive.values.front());
    settings.provider = compile_value(directive.cf, name);
    if (settings.provider == nullptr) {
        return fail(Kind::bad_request, kAlreadyLogged);
    }
    return {};
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

Result<void> set_bearer(Directive& directive, LocationSettings& settings) {
    if (settings.bearer != NGX_CONF_UNSET) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const std::string_view value = directive.values.front();
    if (value != "on" && value != "off") {
        return fail(Kind::bad_request, "takes \"on\" or \"off\"", std::string(value));
    }
    settings.bearer = value == "on" ? 1 : 0;
    return {};
}

}  // namespace social::ngx
