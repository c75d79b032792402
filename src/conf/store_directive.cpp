// social_store: sessions in shared memory or in Redis.
#include "conf/store_directive.hpp"

#include <array>
#include <string>

#include "base/parameters.hpp"
#include "conf/conf_value.hpp"
#include "conf/directives.hpp"
#include "loop/error_log.hpp"
#include "redis/url.hpp"

namespace social::ngx {

Result<void> open_store(ngx_conf_t* cf, MainSettings& settings, store::MemoryStore::Zone zone) {
    settings.store = store::MemoryStore::create(cf, ngx_http_social_module, std::move(zone));
    if (!settings.store || !loop::declare_log_limit(cf)) {
        return fail(Kind::bad_request, kAlreadyLogged);
    }
    return {};
}

Result<std::size_t> store_size(std::string_view parameter, std::string_view value) {
    const Result<std::size_t> bytes = size_value(value);
    if (bytes && *bytes < kLeastStore) {
        return fail(Kind::bad_request, "needs a size of at least 1m",
                    std::string(parameter) + std::string(value));
    }
    return bytes;
}

namespace {

constexpr std::array<base::Parameter<std::size_t>, 1> kMemoryParameters{
    {{"size=", [](std::string_view value, std::size_t& size) {
          return assign(size, store_size("size=", value));
      }}}};

Result<void> set_memory_store(ngx_conf_t* cf, Parameters values, MainSettings& settings) {
    std::size_t size = kDefaultStore;
    const Result<base::GivenParameters> given = base::set_parameters<std::size_t>(
        values.subspan(1), kMemoryParameters,
        {.twice = "has two sizes, leave one", .shows_values = true}, size);
    if (!given) {
        return std::unexpected(given.error());
    }
    return open_store(cf, settings,
                      {.size = size, .use = store::ZoneUse::sessions, .contents = {}});
}

}  // namespace

Result<void> set_store(Directive& directive, MainSettings& settings) {
    if (settings.store) {
        return fail(Kind::bad_request, "is duplicate");
    }
    settings.positions.store = position(directive.cf);
    const Parameters values(directive.values);
    if (redis::is_redis_url(values.front())) {
        return set_redis_store(directive.cf, values, settings);
    }
    if (values.front() != "memory") {
        return fail(Kind::bad_request,
                    "knows the stores \"memory\", as in: memory size=32m, and Redis, as in: "
                    "redis://127.0.0.1:6379");
    }
    return set_memory_store(directive.cf, values, settings);
}

Result<void> open_default_store(ngx_conf_t* cf, MainSettings& settings) {
    return open_store(cf, settings,
                      {.size = kDefaultStore, .use = store::ZoneUse::sessions, .contents = {}});
}

}  // namespace social::ngx
