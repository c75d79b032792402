#include "shm/block_pool.hpp"

#include <algorithm>
#include <cstring>

namespace social::store {

void BlockPool::format() noexcept {
    *state_ = PoolState{.recycled = kNone, .recycled_count = 0, .fresh = 0};
}

Index BlockPool::fresh() const noexcept {
    return std::min(state_->fresh, total());
}

Index BlockPool::free() const noexcept {
    return std::min(state_->recycled_count, fresh()) + (total() - fresh());
}

std::optional<Chain> BlockPool::allocate(Index count) noexcept {
    if (count == 0 || free() < count) {
        return std::nullopt;
    }
    Chain chain{.first = kNone, .last = kNone, .count = count};
    Index recycled = state_->recycled;
    const Index reused = std::min(count, state_->recycled_count);
    for (Index i = 0; i < reused; ++i) {
        if (!contains(recycled)) {
            return std::nullopt;
        }
        if (chain.first == kNone) {
            chain.first = recycled;
        }
        chain.last = recycled;
        recycled = next(recycled);
    }
    state_->recycled = recycled;
    state_->recycled_count -= reused;

    for (Index i = reused; i < count; ++i) {
        const Index block = state_->fresh++;
        if (chain.first == kNone) {
            chain.first = block;
        } else {
            blocks_[chain.last].next = block;
        }
        chain.last = block;
    }
    blocks_[chain.last].next = kNone;
    return chain;
}

void BlockPool::release(const Chain& chain) noexcept {
    blocks_[chain.last].next = state_->recycled;
    state_->recycled = chain.first;
    state_->recycled_count += chain.count;
}

void BlockPool::reclaim(Index block) noexcept {
    release(Chain{.first = block, .last = block, .count = 1});
}

void BlockPool::write(Index first, std::string_view value) noexcept {
    for (Index block = first; !value.empty() && contains(block); block = next(block)) {
        const std::size_t part = std::min(value.size(), kBlockPayload);
        std::memcpy(payload(block), value.data(), part);
        value.remove_prefix(part);
    }
}

bool BlockPool::read(Index first, std::span<char> out) const noexcept {
    Index block = first;
    while (!out.empty()) {
        if (!contains(block)) {
            return false;
        }
        const std::size_t part = std::min(out.size(), kBlockPayload);
        std::memcpy(out.data(), blocks_[block].bytes.data(), part);
        out = out.subspan(part);
        block = next(block);
    }
    return true;
}

}  // namespace social::store
