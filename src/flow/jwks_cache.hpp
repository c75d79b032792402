// Caches the JWK Set (RFC 7517 §5) of one publisher in one worker. An unknown `kid` triggers a
// fetch, at most once a minute. So forged tokens cannot flood the publisher.
#pragma once

#include <cstdint>

#include "crypto/key_set.hpp"
#include "flow/document_cache.hpp"

namespace social::flow {

class JwksCache : public DocumentCache<crypto::KeySet> {
public:
    JwksCache(const Clock& clock, Scheduler& scheduler) noexcept
        : DocumentCache(clock, scheduler), clock_(clock) {}

    // Returns true if an unknown `kid` may trigger a fetch now. The caller of such a fetch then
    // calls fetched_for_unknown_key().
    [[nodiscard]] bool may_fetch_for_unknown_key() const noexcept {
        return clock_.now() >= fetched_for_unknown_key_at_ + kUnknownKeyInterval;
    }
    void fetched_for_unknown_key() noexcept { fetched_for_unknown_key_at_ = clock_.now(); }

private:
    static constexpr std::int64_t kUnknownKeyInterval = 60;  // seconds

    const Clock& clock_;
    std::int64_t fetched_for_unknown_key_at_ = 0;  // Unix seconds
};

}  // namespace social::flow
