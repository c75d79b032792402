// social_store redis://… and its parameters
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/parameters.hpp"
#include "conf/conf_value.hpp"
#include "conf/store_directive.hpp"
#include "redis/url.hpp"
#include "redis_client/redis_tls.hpp"

namespace social::ngx {

namespace {

constexpr std::size_t kLongestPrefix = 64;

// The settings of social_store while its parameters are parsed.
struct RedisDraft {
    ngx_conf_t* cf;
    RedisStoreSettings& store;
    std::size_t cache = kDefaultStore;
    std::string ca_file;
};

Result<void> set_replicas(std::string_view value, RedisDraft& draft) {
    ngx_str_t text = as_ngx(value);
    const ngx_int_t number = ngx_atoi(text.data, text.len);
    constexpr ngx_int_t kMost = 100;
    if (number == NGX_ERROR || number > kMost) {
        return fail(Kind::bad_request, "needs a number of replicas, as in wait=1",
                    std::string(value));
    }
    draft.store.server.replicas = static_cast<unsigned>(number);
    return {};
}

// Redis Cluster takes braces as a hash tag: all keys would share one slot.
Result<void> set_prefix(std::string_view value, RedisDraft& draft) {
    if (value.size() > kLongestPrefix || value.find_first_of("{}") != std::string_view::npos) {
        return fail(Kind::bad_request, "needs a prefix of at most 64 bytes without braces",
                    std::string(value));
    }
    draft.store.prefix = value;
    return {};
}

Result<void> set_cache(std::string_view value, RedisDraft& draft) {
    if (value == "off" || value == "0") {
        draft.cache = 0;
        return {};
    }
    return assign(draft.cache, store_size("cache=", value));
}

Result<void> set_user(std::string_view value, RedisDraft& draft) {
    draft.store.server.url.user = value;
    return {};
}

Result<void> set_ca_file(std::string_view value, RedisDraft& draft) {
    draft.ca_file = conf_path(draft.cf, value);
    return {};
}

constexpr std::array<base::Parameter<RedisDraft>, 10> kParameters{{
    {"cache=", &set_cache, true},
    {"cache_ttl=",
     [](std::string_view value, RedisDraft& draft) {
         return assign(draft.store.cache_ttl, seconds_value(value));
     },
     true},
    {"stale=",
     [](std::string_view value, RedisDraft& draft) {
         return assign(draft.store.stale, seconds_value(value));
     },
     true},
    {"timeout=",
     [](std::string_view value, RedisDraft& draft) {
         return assign(draft.store.server.timeout,
                       timeout_value(value, "needs a timeout from 1ms to 60s"));
     },
     true},
    {"prefix=", &set_prefix},
    {"wait=", &set_replicas, true},
    {"ca_file=", &set_ca_file, true},
    {"user=", &set_user, true},
    {"password=",
     [](std::string_view value, RedisDraft& draft) {
         return assign(draft.store.server.url.password, secret_value(draft.cf, value));
     },
     true},
    {"sentinel_password=",
     [](std::string_view value, RedisDraft& draft) {
         return assign(draft.store.server.sentinel_password, secret_value(draft.cf, value));
     },
     true},
}};

// Rejects parameters that contradict each other or have no effect. `in_url`: the url has a user or
// a password.
Result<void> check_pairs(const base::GivenParameters& given, const RedisDraft& draft, bool in_url) {
    const redis::Url& url = draft.store.server.url;
    if (in_url && (given.has("user=") || given.has("password="))) {
        return fail(
            Kind::bad_request,
            "has a user or a password both in the url and as a parameter, leave one of them");
    }
    if (!url.user.empty() && url.password.empty()) {
        return fail(Kind::bad_request, "has a user without a password, add password=", url.user);
    }
    if (given.has("sentinel_password=") && url.topology != redis::Topology::sentinel) {
        return fail(Kind::bad_request,
                    "has a sentinel_password=, which needs a redis+sentinel url, remove it");
    }
    if (draft.cache == 0 && (given.has("cache_ttl=") || given.has("stale="))) {
        return fail(Kind::bad_request,
                    "has cache_ttl= or stale= beside cache=off, which keeps no copies: remove one "
                    "of them");
    }
    return {};
}

Result<void> read_parameters(Parameters words, RedisDraft& draft) {
    const redis::Url& url = draft.store.server.url;
    const bool in_url = !url.user.empty() || !url.password.empty();
    const Result<base::GivenParameters> given = base::set_parameters<RedisDraft>(
        words, kParameters, {.twice = "has a parameter twice, leave one", .shows_values = false},
        draft);
    if (!given) {
        return std::unexpected(given.error());
    }
    return check_pairs(*given, draft, in_url);
}

// Resolves names now, as nginx does for an upstream: hiredis would block the worker.
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

// Identifies the sessions that a zone caches. After a reload a zone with another identity is not
// reused. "off" has an identity too: nothing invalidated the entries of a zone while caching was
// off.
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
    store->server.url = std::move(*url);
    RedisDraft draft{.cf = cf, .store = *store};
    Result<void> set = read_parameters(values.subspan(1), draft);
    if (set) {
        set = set_tls(store->server, draft.ca_file);
    }
    if (set) {
        set = resolve(cf, store->server);
    }
    if (!set) {
        return set;
    }
    store->cached = draft.cache != 0;
    settings.redis = std::move(store);
    return open_store(cf, settings,
                      {.size = std::max(draft.cache, kLeastStore),
                       .use = store::ZoneUse::copies,
                       .contents = contents_of(*settings.redis)});
}

}  // namespace social::ngx
