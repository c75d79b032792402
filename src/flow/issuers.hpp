// What is known of the OpenID providers: their metadata and their keys, fetched when a login
// first needs them and kept for a day.
//
// One per worker, among its services; it outlives the flows that ask. One fetch at a time for
// each document: other logins wait for its outcome, or go on with what is known. What is
// known stays when a fetch fails. A key that nobody knows has the keys fetched again, at
// most once a minute, so that tokens with made-up ids cost the provider nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "crypto/key_set.hpp"
#include "flow/clock.hpp"
#include "flow/http.hpp"
#include "flow/task.hpp"
#include "flow/wait_queue.hpp"
#include "oauth/openid_metadata.hpp"
#include "oauth/provider.hpp"

namespace social::flow {

// Shared: a login goes on with the document that it began with while another is put in its
// place.
using Metadata = std::shared_ptr<const oauth::OpenidMetadata>;
using Keys = std::shared_ptr<const crypto::KeySet>;

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
    // One document of one provider.
    template <class T>
    struct Known {
        std::shared_ptr<const T> document;
        std::int64_t fetched_at = 0;
        std::int64_t failed_at = 0;
        Error failure;
        bool fetching = false;
        WaitQueue<> fetch_ended;
    };
    struct Issuer {
        Known<oauth::OpenidMetadata> metadata;
        Known<crypto::KeySet> keys;
        std::int64_t asked_for_key_at = 0;  // when a token's unknown key was last fetched for
    };

    template <class T>
    [[nodiscard]] bool is_due(const Known<T>& known, std::int64_t longest) const noexcept;
    template <class T>
    Task<void> update(Known<T>& known, std::int64_t longest, Task<T> fetch);
    [[nodiscard]] Task<oauth::OpenidMetadata> fetch_metadata(const oauth::Provider& provider);
    [[nodiscard]] Task<crypto::KeySet> fetch_keys(const oauth::Provider& provider);

    Http& http_;
    const Clock& clock_;
    Scheduler& scheduler_;
    std::map<std::string, Issuer, std::less<>> issuers_;  // by the name of the block
};

}  // namespace social::flow
