#include "base/keyed_hash.hpp"

#include <bit>
#include <cstring>
#include <span>

#include "base/random.hpp"

namespace social::base {

namespace {

class SipState {
public:
    explicit SipState(const HashKey& key) noexcept
        : v0_(key[0] ^ 0x736f'6d65'7073'6575),
          v1_(key[1] ^ 0x646f'7261'6e64'6f6d),
          v2_(key[0] ^ 0x6c79'6765'6e65'7261),
          v3_(key[1] ^ 0x7465'6462'7974'6573) {}

    void absorb(std::uint64_t word) noexcept {
        v3_ ^= word;
        round();
        v0_ ^= word;
    }

    [[nodiscard]] std::uint64_t finish() noexcept {
        v2_ ^= 0xff;
        round();
        round();
        round();
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }

private:
    void round() noexcept {
        v0_ += v1_;
        v1_ = std::rotl(v1_, 13) ^ v0_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v3_;
        v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ += v3_;
        v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ += v1_;
        v1_ = std::rotl(v1_, 17) ^ v2_;
        v2_ = std::rotl(v2_, 32);
    }

    std::uint64_t v0_;
    std::uint64_t v1_;
    std::uint64_t v2_;
    std::uint64_t v3_;
};

template <class Words>
Words random_words() {
    Words words{};
    fill_random(std::span(reinterpret_cast<std::uint8_t*>(&words), sizeof(words)));
    return words;
}

}  // namespace

std::uint64_t keyed_hash(const HashKey& key, std::string_view text) noexcept {
    SipState state(key);
    std::uint64_t last = std::uint64_t{text.size()} << 56;
    for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof(word));
        state.absorb(word);
    }
    std::uint64_t tail = 0;
    if (!text.empty()) {  // an empty view may have a null pointer, which memcpy() forbids
        std::memcpy(&tail, text.data(), text.size());
    }
    last |= tail;
    state.absorb(last);
    return state.finish();
}

std::uint64_t keyed_hash(std::string_view text) {
    static const auto key = random_words<HashKey>();
    return keyed_hash(key, text);
}

KeyedSpread KeyedSpread::random() {
    KeyedSpread spread;
    spread.factor_ = random_words<std::uint64_t>() | 1U;
    return spread;
}

}  // namespace social::base
