// The merged configuration: one object per context. The create functions of module/module.cpp
// allocate it in the configuration's pool, which destroys it. It is read-only once the
// configuration is loaded, but for MainSettings::worker and the published keys.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "base/text_hash.hpp"
#include "crypto/keyring.hpp"
#include "http_client/curl_multi.hpp"
#include "ngx/conf_message.hpp"
#include "ngx/ngx.hpp"
#include "oauth/provider.hpp"
#include "page/page.hpp"
#include "quota/time_zone.hpp"
#include "settings/api_targets.hpp"
#include "site/registry.hpp"
#include "site/users.hpp"
#include "store/memory_store.hpp"
#include "token/bearer.hpp"
#include "worker/worker_settings.hpp"

namespace social::ngx {

class Worker;
struct Credential;

inline constexpr std::int64_t kDefaultSessionTtl = 24 * 60 * 60;  // seconds

using Providers = std::unordered_map<std::string, oauth::Provider, base::TextHash, std::equal_to<>>;

// Users files by path: several sites may use one file.
using UserFiles =
    std::unordered_map<std::string, std::unique_ptr<site::Users>, base::TextHash, std::equal_to<>>;

// The operator's pages of one server, by page::PageName. An empty one selects the built-in page.
using PageTemplates = std::array<std::string, page::kPageCount>;

struct TokenSettings {
    token::TokenKeys keys;
    token::ClaimRules rules;
    bool has_leeway = false;
    std::vector<KeySource> sources;             // JWK Sets that are fetched by URL
    std::unique_ptr<token::BearerCheck> check;  // of keys and rules; made after http{} is parsed
};

// The settings of the token API, used once a location mounts it.
struct AuthenticationSettings {
    bool in_use = false;
    ngx_thread_pool_s* pool = nullptr;  // for hashing; nullptr: no location uses the users files
    const site::Users* any_users = nullptr;  // a login at an unknown site costs one of their hashes
};

// Positions of directives whose mistakes show only after http{} is parsed.
struct MainPositions {
    DirectivePosition store;
    DirectivePosition authenticate;         // of the first social_authenticate
    std::optional<ConfMessage> endpoint;    // of the first that serves a provider
    std::optional<ConfMessage> credential;  // of the first that is not off
};

// http{}
class MainSettings {
public:
    MainSettings();
    MainSettings(const MainSettings&) = delete;
    MainSettings& operator=(const MainSettings&) = delete;
    ~MainSettings();

    site::TimeZones time_zones;
    UserFiles user_files;
    loop::CertificateFiles certificates;
    site::Registry sites;
    Providers providers;
    TokenSettings token;
    AuthenticationSettings authentication;
    std::optional<crypto::Keyring> keyring;     // absent: a random key made at start
    std::unique_ptr<store::MemoryStore> store;  // absent: no social directive needs a worker
    std::unique_ptr<RedisStoreSettings> redis;  // absent: sessions are in the memory of `store`
    bool status_in_use = false;
    std::unique_ptr<store::RequestCounts> counts;  // absent: no location exposes them
    std::optional<std::int64_t> session_ttl;       // seconds
    MainPositions positions;
    std::unique_ptr<Worker> worker;  // of this process; absent in the master

    // nullptr: no social_provider block has the name. Valid as long as the configuration.
    [[nodiscard]] const oauth::Provider* find_provider(std::string_view name) const noexcept;
    // True if a site has a users file.
    [[nodiscard]] bool has_users() const noexcept;
    // For a worker of this configuration. `store` must be set. The result refers to this object.
    [[nodiscard]] WorkerSettings for_worker() const;
};

// http{}, server{}
struct ServerSettings {
    ngx_http_complex_value_t* public_url = nullptr;  // nullptr: $scheme://$http_host
    const PageTemplates* pages = nullptr;            // nullptr: built-in pages
    ApiTargets api_targets;                          // set in server{} only
};

// The kind of endpoint that a location serves.
enum class Endpoint : std::uint8_t {
    none,
    auth,
    callback,
    landing,
    session,
    authenticate,
    deauthorize,
    data_deletion,
    status,
};

enum class StatusFormat : std::uint8_t { prometheus, json, html };

// True for an endpoint whose clients are programs, false for one whose clients are browsers.
[[nodiscard]] constexpr bool is_api(Endpoint endpoint) noexcept {
    return endpoint == Endpoint::session || endpoint == Endpoint::authenticate ||
           endpoint == Endpoint::deauthorize || endpoint == Endpoint::data_deletion ||
           endpoint == Endpoint::status;
}

// True for the endpoints of logins, sessions and callbacks, which have a provider.
[[nodiscard]] constexpr bool serves_provider(Endpoint endpoint) noexcept {
    return endpoint != Endpoint::none && endpoint != Endpoint::authenticate &&
           endpoint != Endpoint::status;
}

// The target of a subrequest.
struct LocationUri {
    ngx_str_t uri{};
    ngx_str_t args{};
};

// The directive that made a location an endpoint.
struct Mount {
    ngx_http_handler_pt handler = nullptr;
    std::string_view directive;  // its name
    DirectivePosition at;
};

// location{}
struct LocationSettings {
    Endpoint endpoint = Endpoint::none;
    ngx_http_handler_pt handler = nullptr;         // of the endpoint
    ngx_http_complex_value_t* provider = nullptr;  // nullptr: taken from the session
    std::optional<ngx_uint_t> provider_variable;   // set if `provider` is a single variable
    LocationUri check;                             // of social_authenticate; empty: the users files
    StatusFormat status_format = StatusFormat::prometheus;
    ngx_flag_t bearer = NGX_CONF_UNSET;
    DirectivePosition bearer_at;       // of the social_bearer in effect
    Credential* credential = nullptr;  // of requests that are passed on; nullptr: none
    ngx_http_complex_value_t* proxy_body = nullptr;  // of proxy_set_body, if it is signed
    Mount mount;                                     // empty for Endpoint::none
};

// The settings in effect for a context. The references are valid as long as the configuration.
[[nodiscard]] MainSettings& main_settings(ngx_conf_t* cf) noexcept;
[[nodiscard]] MainSettings& main_settings(ngx_http_request_t* r) noexcept;
[[nodiscard]] MainSettings* main_settings(ngx_cycle_t* cycle) noexcept;  // nullptr without http{}
[[nodiscard]] ServerSettings& server_settings(ngx_http_request_t* r) noexcept;
[[nodiscard]] LocationSettings& location_settings(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
