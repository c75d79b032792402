#include "flow/issuers.hpp"

#include <utility>

#include "coro/result_task.hpp"
#include "crypto/jwk.hpp"
#include "oauth/provider_error.hpp"

namespace social::flow {

namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;  // seconds

}  // namespace

Issuers::Issuer& Issuers::issuer(const oauth::Provider& provider) {
    return issuers_.try_emplace(provider.name, clock_, scheduler_).first->second;
}

Task<oauth::OpenidMetadata> Issuers::fetch_metadata(const oauth::Provider& provider) {
    const base::HttpResponse answer = co_await http_.send(oauth::metadata_request(provider));
    co_return value(oauth::read_metadata(provider, answer));
}

Task<crypto::KeySet> Issuers::fetch_keys(const oauth::Provider& provider) {
    constexpr std::string_view kStep = "the provider did not give its keys";
    const Metadata document = co_await metadata(provider);
    const base::HttpResponse answer = co_await http_.send(oauth::jwks_request(provider, *document));
    if (answer.status != 200) {
        throw Failure(oauth::provider_error(answer, kStep));
    }
    Result<crypto::KeySet> keys = crypto::read_jwk_set(answer.body);
    if (!keys) {
        throw Failure(oauth::unusable_answer({.step = kStep, .missing = "key"}));
    }
    co_return std::move(*keys);
}

Task<Metadata> Issuers::metadata(const oauth::Provider& provider) {
    return issuer(provider).metadata.get(kDay, fetch_metadata(provider));
}

Task<Keys> Issuers::keys(const oauth::Provider& provider, std::string kid) {
    JwksCache& cache = issuer(provider).keys;
    co_await cache.get(kDay, fetch_keys(provider));
    if (kid.empty()) {
        co_return cache.known();
    }
    // A fetch in progress may bring the key.
    while (!cache.known()->has_kid(kid) && cache.fetching()) {
        co_await cache.fetch_ended();
    }
    if (!cache.known()->has_kid(kid) && cache.may_fetch_for_unknown_key()) {
        co_await cache.get(0, fetch_keys(provider));
        cache.fetched_for_unknown_key();
    }
    co_return cache.known();
}

}  // namespace social::flow
