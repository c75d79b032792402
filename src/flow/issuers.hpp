// What is known of the OpenID providers: their metadata and their keys, fetched when a login
// first needs them and kept for a day.
//
// One per worker, among its services; it outlives the flows that ask.
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

    // Both throw Failure where nothing is known and the provider does not tell.
    // `provider` outlives the Task.
    [[nodiscard]] Task<Metadata> metadata(const oauth::Provider& provider);
    // Keys with `kid` among them, where the provider has such; an empty one asks for none.
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
    std::map<std::string, Issuer, std::less<>> issuers_;  // by the name of the block
};

}  // namespace social::flow
