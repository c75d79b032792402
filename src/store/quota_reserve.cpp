#include "store/quota_reserve.hpp"

#include <algorithm>
#include <utility>

namespace social::store {

void QuotaReserve::enter(const flow::QuotaUse& use) noexcept {
    if (use_.ends_at == use.ends_at && use_.limit == use.limit) {
        return;
    }
    const Milliseconds asked_at = asked_at_;
    *this = QuotaReserve();
    use_.limit = use.limit;
    use_.ends_at = use.ends_at;
    asked_at_ = asked_at;
}

QuotaReserve::Verdict QuotaReserve::spend(Milliseconds now) noexcept {
    if (held_ > 0) {
        --held_;
        ++spent_;
        return Verdict::admitted;
    }
    return now < refused_until_ ? Verdict::refused : Verdict::ask;
}

std::uint64_t QuotaReserve::wanted(std::uint64_t needed, Milliseconds now) noexcept {
    block_ = now - asked_at_ < kTick ? std::min(std::max(block_, needed) * 2, kLargestBlock) : 1;
    asked_at_ = now;
    return std::max(needed, block_);
}

void QuotaReserve::add(const Grant& grant, Milliseconds now) noexcept {
    held_ += grant.granted;
    used_ = std::max(grant.used, held_);
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
    used_ -= std::min(rest, used_);
    return rest;
}

std::uint64_t QuotaReserve::take_all() noexcept {
    used_ -= std::min(held_, used_);
    return std::exchange(held_, 0);
}

}  // namespace social::store
