// The configured values that the services of a worker need. MainSettings::for_worker() fills them
// in. The services use no settings of servers or locations.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/keyring.hpp"
#include "http_client/curl_multi.hpp"
#include "oauth/provider.hpp"
#include "redis_client/redis_client.hpp"
#include "shm/request_counts.hpp"
#include "site/registry.hpp"
#include "store/memory_store.hpp"
#include "token/keys.hpp"

namespace social::ngx {

// social_store redis…
struct RedisStoreSettings {
    loop::RedisSettings server;
    std::string prefix = "social:";
    bool cached = true;
    std::int64_t cache_ttl = 10;  // seconds; a copy is valid without a request to Redis
    std::int64_t stale = 60;      // seconds more while Redis is unavailable
};

// social_token_key jwks https://…
struct KeySource {
    std::string url;             // https, or http to a loopback address
    std::string ca_file;         // empty: the system's certificates
    token::PublishedKeys* keys;  // owned by the settings
};

// All referenced objects outlive the worker.
struct WorkerSettings {
    store::MemoryStore& store;                      // sessions, or copies of those in Redis
    const RedisStoreSettings* redis;                // nullptr: sessions are in `store`
    store::RequestCounts* counts;                   // nullptr: no location exposes them
    const std::optional<crypto::Keyring>& keyring;  // absent: a random key made at start
    std::int64_t session_ttl;                       // seconds
    const loop::CertificateFiles& certificates;
    const site::Registry& sites;
    std::span<const KeySource> key_sources;
    std::function<const oauth::Provider*(std::string_view name)> find_provider;
};

}  // namespace social::ngx
