#include "flow/issuers.hpp"

#include <utility>

#include "crypto/jwk.hpp"
#include "flow/result_task.hpp"
#include "oauth/provider_error.hpp"

namespace social::flow {

namespace {

constexpr std::int64_t kDay = 24 * 60 * 60;  // seconds
constexpr std::int64_t kUnknownKey = 60;     // seconds between two fetches for its sake
constexpr std::int64_t kAfterFailure = 10;   // seconds until the next try

// Marks a fetch for as long as the frame that makes it lives: it may vanish with its client.
template <class Known>
class Fetching {
public:
    explicit Fetching(Known& known) noexcept : known_(known) { known_.fetching = true; }
    Fetching(const Fetching&) = delete;
    Fetching& operator=(const Fetching&) = delete;
    ~Fetching() {
        known_.fetching = false;
        known_.fetch_ended.resolve_all();
    }

private:
    Known& known_;
};

}  // namespace

template <class T>
bool Issuers::is_due(const Known<T>& known, std::int64_t longest) const noexcept {
    const std::int64_t now = clock_.now();
    if (known.failed_at != 0 && now < known.failed_at + kAfterFailure) {
        return false;
    }
    return !known.document || now >= known.fetched_at + longest;
}

// Returns with a document that is at most `longest` seconds old if that can be had, with an
// older one else.
template <class T>
Task<void> Issuers::update(Known<T>& known, std::int64_t longest, Task<T> fetch) {
    while (known.fetching && !known.document) {
        WaitQueue<>::Waiter ended(known.fetch_ended, scheduler_);
        co_await ended;
    }
    if (!known.fetching && is_due(known, longest)) {
        const Fetching fetching(known);
        Result<T> fetched = co_await attempt(std::move(fetch));
        if (fetched) {
            known.document = std::make_shared<const T>(std::move(*fetched));
            known.fetched_at = clock_.now();
            known.failed_at = 0;
        } else {
            known.failure = std::move(fetched.error());
            known.failed_at = clock_.now();
        }
    }
    if (!known.document) {
        throw Failure(known.failure);
    }
}

Task<oauth::OpenidMetadata> Issuers::fetch_metadata(const oauth::Provider& provider) {
    const base::HttpResponse answer = co_await http_.send(oauth::metadata_request(provider));
    co_return value(oauth::read_metadata(provider, answer));
}

Task<crypto::KeySet> Issuers::fetch_keys(const oauth::Provider& provider) {
    constexpr std::string_view kStep = "the provider did not give its keys";
    const Metadata known = co_await metadata(provider);
    const base::HttpResponse answer = co_await http_.send(oauth::jwks_request(provider, *known));
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
    Known<oauth::OpenidMetadata>& known = issuers_[provider.name].metadata;
    co_await update(known, kDay, fetch_metadata(provider));
    co_return known.document;
}

Task<Keys> Issuers::keys(const oauth::Provider& provider, std::string kid) {
    Issuer& issuer = issuers_[provider.name];
    Known<crypto::KeySet>& known = issuer.keys;
    co_await update(known, kDay, fetch_keys(provider));
    if (kid.empty()) {
        co_return known.document;
    }
    // Another login may be fetching for the same reason: its keys will do.
    while (!known.document->has_kid(kid) && known.fetching) {
        WaitQueue<>::Waiter ended(known.fetch_ended, scheduler_);
        co_await ended;
    }
    if (!known.document->has_kid(kid) && clock_.now() >= issuer.asked_for_key_at + kUnknownKey) {
        co_await update(known, 0, fetch_keys(provider));
        issuer.asked_for_key_at = clock_.now();
    }
    co_return known.document;
}

}  // namespace social::flow
