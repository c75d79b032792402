#include "settings/settings.hpp"

#include <algorithm>

#include "worker/worker.hpp"

namespace social::ngx {

MainSettings::MainSettings() {
    token.rules.find_site = [this](std::string_view id) { return sites.find(id); };
}

MainSettings::~MainSettings() = default;

const oauth::Provider* MainSettings::find_provider(std::string_view name) const noexcept {
    const auto found = providers.find(name);
    return found != providers.end() ? &found->second : nullptr;
}

bool MainSettings::has_users() const noexcept {
    return std::ranges::any_of(user_files, [](const auto& file) { return !file.first.empty(); });
}

WorkerSettings MainSettings::for_worker() const {
    return {.store = *store,
            .redis = redis.get(),
            .counts = counts.get(),
            .keyring = keyring,
            .session_ttl = session_ttl.value_or(kDefaultSessionTtl),
            .certificates = certificates,
            .sites = sites,
            .key_sources = token.sources,
            .find_provider = [this](std::string_view name) { return find_provider(name); }};
}

MainSettings& main_settings(ngx_conf_t* cf) noexcept {
    return *static_cast<MainSettings*>(
        ngx_http_conf_get_module_main_conf(cf, ngx_http_social_module));
}

MainSettings& main_settings(ngx_http_request_t* r) noexcept {
    return *static_cast<MainSettings*>(ngx_http_get_module_main_conf(r, ngx_http_social_module));
}

MainSettings* main_settings(ngx_cycle_t* cycle) noexcept {
    return static_cast<MainSettings*>(
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_social_module));
}

ServerSettings& server_settings(ngx_http_request_t* r) noexcept {
    return *static_cast<ServerSettings*>(ngx_http_get_module_srv_conf(r, ngx_http_social_module));
}

LocationSettings& location_settings(ngx_http_request_t* r) noexcept {
    return *static_cast<LocationSettings*>(ngx_http_get_module_loc_conf(r, ngx_http_social_module));
}

}  // namespace social::ngx
