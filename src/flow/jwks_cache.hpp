// The JWK Set of one publisher (RFC 7517 §5), kept by one worker. A token whose `kid` no key has
// makes the keys be fetched again, at most once a minute: tokens with made-up ids must not flood
// the publisher.
#pragma once

#include <cstdint>

#include "crypto/key_set.hpp"
#include "flow/document_cache.hpp"

namespace social::flow {

class JwksCache : public DocumentCache<crypto::KeySet> {
public:
    JwksCache(const Clock& clock, Scheduler& scheduler) noexcept
        : DocumentCache(clock, scheduler), clock_(clock) {}

    // Whether an unknown `kid` is worth a fetch now; whoever fetches for one calls
    // fetched_for_unknown_key().
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
