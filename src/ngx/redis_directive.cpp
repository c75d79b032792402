// social_store redis://… and its parameters.
#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "loop/redis_tls.hpp"
#include "ngx/conf_value.hpp"
#include "ngx/store_directive.hpp"
#include "redis/url.hpp"

namespace social::ngx {

namespace {

constexpr std::int64_t kLongestTimeout = 60'000;  // ms
constexpr std::size_t kLongestPrefix = 64;

// What social_store redis… has besides the URL.
struct RedisParameters {
    std::size_t cache = kDefaultStore;
    std::string ca_file;
};

Result<void> set_timeout(std::string_view value, std::chrono::milliseconds& timeout) {
    ngx_str_t text = as_ngx(value);
    const ngx_int_t time = ngx_parse_time(&text, 0);
    if (time == NGX_ERROR || time == 0 || time > kLongestTimeout) {
        return fail(Kind::bad_request, "needs a timeout from 1ms to 60s", std::string(value));
    }
    timeout = std::chrono::milliseconds(time);
    return {};
}

Result<void> set_replicas(std::string_view value, unsigned& replicas) {
    ngx_str_t text = as_ngx(value);
    const ngx_int_t number = ngx_atoi(text.data, text.len);
    constexpr ngx_int_t kMost = 100;
    if (number == NGX_ERROR || number > kMost) {
        return fail(Kind::bad_request, "needs a number of replicas, as in wait=1",
                    std::string(value));
    }
    replicas = static_cast<unsigned>(number);
    return {};
}

// A brace would be a hash tag, and put all keys into one slot of a cluster.
Result<void> set_prefix(std::string_view value, std::string& prefix) {
    if (value.size() > kLongestPrefix || value.find_first_of("{}") != std::string_view::npos) {
        return fail(Kind::bad_request, "needs a prefix of at most 64 bytes without braces",
                    std::string(value));
    }
    prefix = value;
    return {};
}

Result<void> set_cache(std::string_view value, std::size_t& cache) {
    if (value == "off" || value == "0") {
        cache = 0;
        return {};
    }
    const Result<std::size_t> size = store_size("cache=", value);
    if (!size) {
        return std::unexpected(size.error());
    }
    cache = *size;
    return {};
}

Result<void> set_secret(ngx_conf_t* cf, std::string_view value, base::Secret& secret) {
    Result<base::Secret> read = secret_value(cf, value);
    if (!read) {
        return std::unexpected(std::move(read.error()));
    }
    secret = std::move(*read);
    return {};
}

constexpr std::array<std::string_view, 10> kRedisParameters = {
    "cache=", "cache_ttl=", "stale=", "timeout=",  "prefix=",
    "wait=",  "ca_file=",   "user=",  "password=", "sentinel_password="};

Result<void> set_seconds(std::string_view value, std::int64_t& seconds) {
    const Result<std::int64_t> read = seconds_value(value);
    if (!read) {
        return std::unexpected(read.error());
    }
    seconds = *read;
    return {};
}

Result<void> set_parameter(ngx_conf_t* cf, std::string_view name, std::string_view value,
                           RedisStoreSettings& store, RedisParameters& other) {
    loop::RedisSettings& server = store.server;
    if (name == "cache=") {
        return set_cache(value, other.cache);
    }
    if (name == "cache_ttl=") {
        return set_seconds(value, store.cache_ttl);
    }
    if (name == "stale=") {
        return set_seconds(value, store.stale);
    }
    if (name == "timeout=") {
        return set_timeout(value, server.timeout);
    }
    if (name == "prefix=") {
        return set_prefix(value, store.prefix);
    }
    if (name == "wait=") {
        return set_replicas(value, server.replicas);
    }
    if (name == "user=") {
        server.url.user = value;
        return {};
    }
    if (name == "password=") {
        return set_secret(cf, value, server.url.password);
    }
    if (name == "sentinel_password=") {
        return set_secret(cf, value, server.sentinel_password);
    }
    other.ca_file = conf_path(cf, value);
    return {};
}

// Parameters that contradict each other, or that nothing would read.
struct Written {
    bool user;
    bool password;
    bool sentinel_password;
    bool freshness;
    bool in_url;  // user or password
};

Result<void> check_pairs(const Written& written, const redis::Url& url,
                         const RedisParameters& other) {
    if (written.in_url && (written.user || written.password)) {
        return fail(
            Kind::bad_request,
            "has a user or a password both in the url and as a parameter, leave one of them");
    }
    if (!url.user.empty() && url.password.empty()) {
        return fail(Kind::bad_request, "has a user without a password, add password=", url.user);
    }
    if (written.sentinel_password && url.topology != redis::Topology::sentinel) {
        return fail(Kind::bad_request,
                    "has a sentinel_password=, which needs a redis+sentinel url, remove it");
    }
    if (other.cache == 0 && written.freshness) {
        return fail(Kind::bad_request,
                    "has cache_ttl= or stale= beside cache=off, which keeps no copies: remove one "
                    "of them");
    }
    return {};
}

Result<void> set_parameters(ngx_conf_t* cf, Parameters texts, RedisStoreSettings& store,
                            RedisParameters& other) {
    std::array<bool, kRedisParameters.size()> seen{};
    const auto has = [&seen](std::string_view name) {
        return seen[static_cast<std::size_t>(std::ranges::find(kRedisParameters, name) -
                                             kRedisParameters.begin())];
    };
    const bool in_url = !store.server.url.user.empty() || !store.server.url.password.empty();
    for (const std::string_view text : texts) {
        const auto* name = std::ranges::find_if(
            kRedisParameters, [text](std::string_view known) { return text.starts_with(known); });
        // Of an unknown one the name alone: the value may be a secret.
        if (name == kRedisParameters.end()) {
            return fail(Kind::bad_request, "has an unknown parameter",
                        std::string(text.substr(0, text.find('='))));
        }
        bool& before = seen[static_cast<std::size_t>(name - kRedisParameters.begin())];
        if (std::exchange(before, true)) {
            return fail(Kind::bad_request, "has a parameter twice, leave one", std::string(*name));
        }
        const std::string_view value = text.substr(name->size());
        if (value.empty() && *name != "prefix=") {
            return fail(Kind::bad_request, "has a parameter without a value, write or remove it",
                        std::string(*name));
        }
        const Result<void> set = set_parameter(cf, *name, value, store, other);
        if (!set) {
            return set;
        }
    }
    return check_pairs({.user = has("user="),
                        .password = has("password="),
                        .sentinel_password = has("sentinel_password="),
                        .freshness = has("cache_ttl=") || has("stale="),
                        .in_url = in_url},
                       store.server.url, other);
}

// hiredis would resolve a name while the worker waits, so names are resolved here, as nginx
// resolves those of an upstream.
Result<void> resolve(ngx_conf_t* cf, loop::RedisSettings& server) {
    for (const redis::Address& address : server.url.addresses) {
        if (address.is_path()) {
            server.addresses.push_back(address);
            continue;
        }
        ngx_url_t url{};
        url.url = copy(cf->pool, address.text());
        url.default_port = address.port;
        if (ngx_parse_url(cf->pool, &url) != NGX_OK || url.naddrs == 0) {
            return fail(Kind::bad_request, "names a host that cannot be resolved", address.text());
        }
        std::array<u_char, NGX_SOCKADDR_STRLEN> text;
        const std::size_t size =
            ngx_sock_ntop(url.addrs[0].sockaddr, url.addrs[0].socklen, text.data(), text.size(), 0);
        server.addresses.push_back(
            {.host = std::string(reinterpret_cast<const char*>(text.data()), size),
             .port = address.port});
    }
    return {};
}

Result<void> set_tls(loop::RedisSettings& server, const std::string& ca_file) {
    if (!server.url.tls) {
        return ca_file.empty() ? Result<void>()
                               : fail(Kind::bad_request,
                                      "has a ca_file, which needs TLS: write rediss in the URL");
    }
    if (!loop::RedisTls::available()) {
        return fail(Kind::bad_request,
                    "asks for TLS, and the hiredis that the module was built with has none: build "
                    "it with hiredis 1.0 or newer, or reach Redis over a tunnel or a socket");
    }
    Result<std::unique_ptr<loop::RedisTls>> tls = loop::RedisTls::create(ca_file);
    if (!tls) {
        return std::unexpected(std::move(tls.error()));
    }
    server.tls = std::move(*tls);
    return {};
}

// Where the sessions are that a zone holds copies of: copies of another Redis are none of this one.
// A zone without copies is told apart, since nothing invalidates what it held before.
std::string contents_of(const RedisStoreSettings& store) {
    if (!store.cached) {
        return "off";
    }
    const redis::Url& url = store.server.url;
    std::string text = std::to_string(static_cast<int>(url.topology)) + '\n' + url.primary + '\n' +
                       std::to_string(url.database) + '\n' + store.prefix;
    for (const redis::Address& address : url.addresses) {
        text += '\n' + address.text();
    }
    return text;
}

}  // namespace

Result<void> set_redis_store(ngx_conf_t* cf, Parameters values, MainSettings& settings) {
    Result<redis::Url> url = redis::parse_url(values.front());
    if (!url) {
        return std::unexpected(std::move(url.error()));
    }
    auto store = std::make_unique<RedisStoreSettings>();
    RedisParameters other;
    store->server.url = std::move(*url);
    Result<void> set = set_parameters(cf, values.subspan(1), *store, other);
    if (set) {
        set = set_tls(store->server, other.ca_file);
    }
    if (set) {
        set = resolve(cf, store->server);
    }
    if (!set) {
        return set;
    }
    store->cached = other.cache != 0;
    settings.redis = std::move(store);
    return open_store(cf, settings,
                      {.size = std::max(other.cache, kLeastStore),
                       .use = store::ZoneUse::copies,
                       .contents = contents_of(*settings.redis)});
}

}  // namespace social::ngx
