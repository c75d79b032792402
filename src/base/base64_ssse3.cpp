#include "base/base64_ssse3.hpp"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <tmmintrin.h>
#endif

namespace social::base {

#if defined(__x86_64__)

namespace {

__m128i load(const void* bytes) noexcept {
    return _mm_loadu_si128(static_cast<const __m128i*>(bytes));
}

// Packs sixteen values of six bits into twelve bytes.
[[gnu::target("ssse3")]] void store_packed(__m128i values, std::uint8_t* out) noexcept {
    const __m128i pairs = _mm_maddubs_epi16(values, _mm_set1_epi32(0x01400140));
    const __m128i groups = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00011000));
    const __m128i packed = _mm_shuffle_epi8(
        groups, _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
    const int rest = _mm_cvtsi128_si32(_mm_srli_si128(packed, sizeof(std::uint64_t)));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), packed);
    std::memcpy(out + sizeof(std::uint64_t), &rest, sizeof(rest));
}

// Unpacks the first twelve bytes of `bytes` into sixteen values of six bits.
[[gnu::target("ssse3")]] __m128i unpacked(__m128i bytes) noexcept {
    const __m128i groups =
        _mm_shuffle_epi8(bytes, _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
    const __m128i first_and_third = _mm_mulhi_epu16(
        _mm_and_si128(groups, _mm_set1_epi32(0x0fc0fc00)), _mm_set1_epi32(0x04000040));
    const __m128i second_and_fourth = _mm_mullo_epi16(
        _mm_and_si128(groups, _mm_set1_epi32(0x003f03f0)), _mm_set1_epi32(0x01000010));
    return _mm_or_si128(first_and_third, second_and_fourth);
}

}  // namespace

bool has_ssse3() noexcept {
    return __builtin_cpu_supports("ssse3") != 0;
}

[[gnu::target("ssse3")]] std::size_t encode_blocks(const BlockTables& tables,
                                                   std::string_view bytes, char* out) noexcept {
    constexpr std::size_t kBlockBytes = kBlockDigits / 4 * 3;
    const __m128i shift = load(tables.shift.data());
    std::size_t at = 0;
    for (; at + kBlockRead <= bytes.size(); at += kBlockBytes, out += kBlockDigits) {
        const __m128i values = unpacked(load(bytes.data() + at));
        const __m128i low = _mm_cmpgt_epi8(_mm_set1_epi8(26), values);
        const __m128i range = _mm_or_si128(_mm_subs_epu8(values, _mm_set1_epi8(51)),
                                           _mm_and_si128(low, _mm_set1_epi8(13)));
        const __m128i digits = _mm_add_epi8(values, _mm_shuffle_epi8(shift, range));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), digits);
    }
    return at;
}

[[gnu::target("ssse3")]] bool decode_blocks(const BlockTables& tables, std::string_view digits,
                                            std::uint8_t* out) noexcept {
    const __m128i upper = load(tables.upper.data());
    const __m128i lower = load(tables.lower.data());
    const __m128i offset = load(tables.offset.data());
    const __m128i last = _mm_set1_epi8(static_cast<char>(tables.last));
    const __m128i last_offset = _mm_set1_epi8(static_cast<char>(tables.last_offset));
    const __m128i half = _mm_set1_epi8(0x0f);
    // Collects the invalid characters of all blocks, to check them once at the end.
    __m128i invalid = _mm_setzero_si128();
    for (std::size_t at = 0;;) {
        const __m128i text = load(digits.data() + at);
        const __m128i above = _mm_and_si128(_mm_srli_epi32(text, 4), half);
        const __m128i below = _mm_and_si128(text, half);
        invalid = _mm_or_si128(
            invalid, _mm_and_si128(_mm_shuffle_epi8(upper, above), _mm_shuffle_epi8(lower, below)));
        const __m128i more = _mm_and_si128(_mm_cmpeq_epi8(text, last), last_offset);
        const __m128i values =
            _mm_add_epi8(_mm_add_epi8(text, _mm_shuffle_epi8(offset, above)), more);
        store_packed(values, out + at / 4 * 3);
        if (at + kBlockDigits == digits.size()) {
            break;
        }
        // The last block may overlap the previous one.
        at = std::min(at + kBlockDigits, digits.size() - kBlockDigits);
    }
    return _mm_movemask_epi8(_mm_cmpeq_epi8(invalid, _mm_setzero_si128())) == 0xffff;
}

#else

bool has_ssse3() noexcept {
    return false;
}

std::size_t encode_blocks(const BlockTables& /*tables*/, std::string_view /*bytes*/,
                          char* /*out*/) noexcept {
    return 0;
}

bool decode_blocks(const BlockTables& /*tables*/, std::string_view /*digits*/,
                   std::uint8_t* /*out*/) noexcept {
    return false;
}

#endif

}  // namespace social::base
