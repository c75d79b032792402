#include "store/quota_reserve.hpp"

#include <algorithm>
#include <utility>

namespace social::store {

// A fraction of the uses of one tick. A quiet site requests single uses.
std::uint64_t QuotaReserve::block_for(std::uint64_t uses) noexcept {
    return uses < kBusy ? 1 : std::min(uses / kBlocksOfTick, kLargestBlock);
}

void QuotaReserve::enter(const flow::QuotaUse& use) noexcept {
    if (use_.ends_at == use.ends_at && use_.limit == use.limit) {
        return;
    }
    *this = QuotaReserve();
    use_.limit = use.limit;
    use_.ends_at = use.ends_at;
}

QuotaReserve::Verdict QuotaReserve::consume(Milliseconds now) noexcept {
    if (held_ > 0) {
        --held_;
        ++spent_;
        ++recent_;
        ++spent_since_asked_;
        ++admitted_;
        return Verdict::admitted;
    }
    return now < refused_until_ ? Verdict::refused : Verdict::ask;
}

std::uint64_t QuotaReserve::wanted(std::uint64_t needed, Milliseconds now) noexcept {
    if (now - recent_since_ >= kTick) {
        // An older tick does not predict the demand.
        const std::uint64_t uses = now - recent_since_ < 2 * kTick ? recent_ : 0;
        block_ = block_for(uses);
        recent_ = 0;
        recent_since_ = now;
    } else {
        // A sudden burst enlarges the block before the tick ends.
        block_ = std::max(block_, block_for(recent_));
    }
    asked_at_ = now;
    spent_since_asked_ = 0;
    return std::max(needed, block_);
}

void QuotaReserve::add(const QuotaBlock& grant, Milliseconds now) noexcept {
    held_ += grant.granted;
    const std::uint64_t to_come = std::min(grant.granted, grant.needed);
    admitted_ = grant.admitted - std::min(to_come, grant.admitted) + spent_since_asked_;
    asked_at_ = now;
    refused_until_ = 0;
}

void QuotaReserve::exhaust(Milliseconds now) noexcept {
    refused_until_ = now + kRemembered;
}

std::uint64_t QuotaReserve::tick(Milliseconds now) noexcept {
    const std::uint64_t spent = std::exchange(spent_, 0);
    const std::uint64_t keep = now - asked_at_ >= kSilence ? 0 : std::min(spent, held_);
    const std::uint64_t rest = held_ - keep;
    held_ = keep;
    return rest;
}

std::uint64_t QuotaReserve::take_all() noexcept {
    return std::exchange(held_, 0);
}

}  // namespace social::store
