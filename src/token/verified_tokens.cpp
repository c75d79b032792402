#include "token/verified_tokens.hpp"

#include <cstring>
#include <utility>

namespace social::token {
namespace {

// The last characters of a signature are as random as the signature. 0, which is no
// text of a token, for one that is too short to have one.
std::uint64_t mark_of(std::string_view token) noexcept {
    std::uint64_t mark = 0;
    if (token.size() > sizeof(mark) && token.size() <= VerifiedTokens::kLongest) {
        std::memcpy(&mark, token.data() + token.size() - sizeof(mark), sizeof(mark));
    }
    return mark;
}

}  // namespace

std::size_t VerifiedTokens::first_place(std::uint64_t mark) noexcept {
    constexpr std::uint64_t kSpread = 0x9e37'79b9'7f4a'7c15;  // 2^64 over the golden ratio
    constexpr std::size_t kSets = kPlaces / kWays;
    return static_cast<std::size_t>((mark * kSpread) >> 32) % kSets * kWays;
}

const StatedClaims* VerifiedTokens::find(std::string_view token,
                                         std::uint64_t key_version) const noexcept {
    const std::uint64_t mark = mark_of(token);
    if (mark == 0 || places_.empty()) {
        return nullptr;
    }
    const Place* place = &places_[first_place(mark)];
    for (const Place* end = place + kWays; place != end; ++place) {
        if (place->mark == mark && place->key_version == key_version &&
            place->token.equals(token)) {
            return &place->claims;
        }
    }
    return nullptr;
}

const StatedClaims& VerifiedTokens::remember(std::string_view token, std::uint64_t key_version,
                                             StatedClaims claims) {
    if (places_.empty()) {
        places_.resize(kPlaces);
    }
    const std::uint64_t mark = mark_of(token);
    Place& place = places_[first_place(mark) + turn_];
    turn_ = (turn_ + 1) % kWays;
    // In this order: without memory for the text, the place must not keep an old one.
    place.mark = 0;
    place.claims = std::move(claims);
    place.token = base::Secret(mark == 0 ? std::string_view() : token);
    place.key_version = key_version;
    place.mark = mark;
    return place.claims;
}

}  // namespace social::token
