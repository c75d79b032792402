// The configuration as nginx merges it: one object per context, made by the
// create functions of module/module.cpp in the configuration's pool, destroyed with
// it, and read-only once `nginx -t` is through.
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

// Users files by path: sites may share one.
using UserFiles =
    std::unordered_map<std::string, std::unique_ptr<site::Users>, base::TextHash, std::equal_to<>>;

// Operator's pages of one server, by page::PageName; an empty one is built in.
using PageTemplates = std::array<std::string, page::kPageCount>;

struct TokenSettings {
    token::TokenKeys keys;
    token::ClaimRules rules;
    bool has_leeway = false;
    std::vector<KeySource> sources;             // of keys that others publish
    std::unique_ptr<token::BearerCheck> check;  // of keys and rules, once all of http{} is read
};

// What the token API needs, once a location mounts it.
struct AuthenticationSettings {
    bool in_use = false;
    ngx_thread_pool_s* pool = nullptr;       // for hashing; absent: no users file is asked
    const site::Users* any_users = nullptr;  // what a login at an unknown site costs
};

// Where directives stand whose mistakes show only once all of http{} has been read.
struct MainPositions {
    DirectivePosition store;
    DirectivePosition authenticate;         // the first social_authenticate
    std::optional<ConfMessage> endpoint;    // the first that serves a provider
    std::optional<ConfMessage> credential;  // the first that is not off
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
    std::optional<crypto::Keyring> keyring;     // absent: the key made at start
    std::unique_ptr<store::MemoryStore> store;  // absent: no social directive is in use
    std::unique_ptr<RedisStoreSettings> redis;  // absent: sessions are in the memory of `store`
    bool status_in_use = false;
    std::unique_ptr<store::RequestCounts> counts;  // absent: no location shows them
    std::optional<std::int64_t> session_ttl;       // seconds
    MainPositions positions;
    std::unique_ptr<Worker> worker;  // of this process; absent in the master

    [[nodiscard]] const oauth::Provider* find_provider(std::string_view name) const noexcept;
    // Whether a site has a users file.
    [[nodiscard]] bool has_users() const noexcept;
    // For a worker of this configuration, which has a store.
    [[nodiscard]] WorkerSettings for_worker() const;
};

// http{}, server{}
struct ServerSettings {
    ngx_http_complex_value_t* public_url = nullptr;  // nullptr: $scheme://$http_host
    const PageTemplates* pages = nullptr;            // nullptr: built-in pages
    ApiTargets api_targets;                          // of server{}
};

// What a location is for.
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

// The API's answers are for programs, the others' for people.
[[nodiscard]] constexpr bool is_api(Endpoint endpoint) noexcept {
    return endpoint == Endpoint::session || endpoint == Endpoint::authenticate ||
           endpoint == Endpoint::deauthorize || endpoint == Endpoint::data_deletion ||
           endpoint == Endpoint::status;
}

// The endpoints of logins, sessions and callbacks, which are about a provider.
[[nodiscard]] constexpr bool serves_provider(Endpoint endpoint) noexcept {
    return endpoint != Endpoint::none && endpoint != Endpoint::authenticate &&
           endpoint != Endpoint::status;
}

// A location of this nginx, for subrequests.
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
    std::optional<ngx_uint_t> provider_variable;   // where `provider` is one variable and no more
    LocationUri check;                             // of social_authenticate; empty: the users files
    StatusFormat status_format = StatusFormat::prometheus;
    ngx_flag_t bearer = NGX_CONF_UNSET;
    DirectivePosition bearer_at;       // of the social_bearer that holds here
    Credential* credential = nullptr;  // of requests that are passed on; nullptr: none
    ngx_http_complex_value_t* proxy_body = nullptr;  // of proxy_set_body, where that is signed
    Mount mount;                                     // Endpoint::none has none
};

[[nodiscard]] MainSettings& main_settings(ngx_conf_t* cf) noexcept;
[[nodiscard]] MainSettings& main_settings(ngx_http_request_t* r) noexcept;
[[nodiscard]] MainSettings* main_settings(ngx_cycle_t* cycle) noexcept;  // nullptr without http{}
[[nodiscard]] ServerSettings& server_settings(ngx_http_request_t* r) noexcept;
[[nodiscard]] LocationSettings& location_settings(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
