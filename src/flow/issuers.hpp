// Caches the metadata (OpenID Connect Discovery 1.0) and the JWK Sets of OpenID providers. The
// first login fetches them. They are cached for a day.
//
// One object per worker. It outlives the flows that use it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "coro/task.hpp"
#include "crypto/key_set.hpp"
#include "flow/clock.hpp"
#include "flow/document_cache.hpp"
#include "flow/http.hpp"
#include "flow/jwks_cache.hpp"
#include "oauth/openid_metadata.hpp"
#include "oauth/provider.hpp"

namespace social::flow {

using Metadata = DocumentCache<oauth::OpenidMetadata>::Document;
using Keys = JwksCache::Document;

class Issuers {
public:
    // All outlive the object.
    Issuers(Http& http, const Clock& clock, Scheduler& scheduler) noexcept
        : http_(http), clock_(clock), scheduler_(scheduler) {}
    Issuers(const Issuers&) = delete;
    Issuers& operator=(const Issuers&) = delete;

    // Both throw Failure (provider_unavailable or provider_rejected) if nothing is cached and the
    // fetch fails. `provider` outlives the Tasks.
    [[nodiscard]] Task<Metadata> metadata(const oauth::Provider& provider);
    // Fetches the keys again if none has this `kid`, at most once a minute. An empty `kid` matches
    // any key.
    [[nodiscard]] Task<Keys> keys(const oauth::Provider& provider, std::string kid);

private:
    struct Issuer {
        Issuer(const Clock& clock, Scheduler& scheduler) noexcept
            : metadata(clock, scheduler), keys(clock, scheduler) {}

        DocumentCache<oauth::OpenidMetadata> metadata;
        JwksCache keys;
    };

    [[nodiscard]] Issuer& issuer(const oauth::Provider& provider);
    [[nodiscard]] Task<oauth::OpenidMetadata> fetch_metadata(const oauth::Provider& provider);
    [[nodiscard]] Task<crypto::KeySet> fetch_keys(const oauth::Provider& provider);

    Http& http_;
    const Clock& clock_;
    Scheduler& scheduler_;
    std::map<std::string, Issuer, std::less<>> issuers_;  // by the provider block's name
};

}  // namespace social::flow
