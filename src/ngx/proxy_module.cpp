#include "ngx/proxy_module.hpp"

namespace social::ngx {

namespace {

const ngx_module_t* find_module(const ngx_cycle_t& cycle, std::string_view name) noexcept {
    for (ngx_uint_t i = 0; i < cycle.modules_n; ++i) {
        if (cycle.modules[i]->name != nullptr && cycle.modules[i]->name == name) {
            return cycle.modules[i];
        }
    }
    return nullptr;
}

// The offset of a directive whose value nginx's own setter `set` stores, or nullopt.
std::optional<std::size_t> offset_of(const ngx_module_t& module, std::string_view directive,
                                     char* (*set)(ngx_conf_t*, ngx_command_t*, void*)) noexcept {
    for (const ngx_command_t* row = module.commands; row != nullptr && row->name.len != 0; ++row) {
        if (view(row->name) == directive && row->set == set) {
            return row->offset;
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<ProxyModule> ProxyModule::find(const ngx_cycle_t& cycle) noexcept {
    const ngx_module_t* module = find_module(cycle, "ngx_http_proxy_module");
    if (module == nullptr) {
        return std::nullopt;
    }
    const auto timeout = offset_of(*module, "proxy_connect_timeout", &ngx_conf_set_msec_slot);
    const auto method = offset_of(*module, "proxy_method", &ngx_http_set_complex_value_slot);
    const auto body = offset_of(*module, "proxy_set_body", &ngx_conf_set_str_slot);
    if (!timeout || !method || !body) {
        return std::nullopt;
    }
    ProxyModule found;
    found.index_ = module->ctx_index;
    found.upstream_ = *timeout - offsetof(ngx_http_upstream_conf_t, connect_timeout);
    found.method_ = *method;
    found.body_ = *body;
    return found;
}

const unsigned char* ProxyModule::settings(void** contexts) const noexcept {
    return static_cast<const unsigned char*>(contexts[index_]);
}

const ngx_http_upstream_conf_t& ProxyModule::upstream(void** contexts) const noexcept {
    return *reinterpret_cast<const ngx_http_upstream_conf_t*>(settings(contexts) + upstream_);
}

ngx_http_complex_value_t* ProxyModule::method(void** contexts) const noexcept {
    return *reinterpret_cast<ngx_http_complex_value_t* const*>(settings(contexts) + method_);
}

ngx_str_t ProxyModule::body(void** contexts) const noexcept {
    return *reinterpret_cast<const ngx_str_t*>(settings(contexts) + body_);
}

}  // namespace social::ngx
