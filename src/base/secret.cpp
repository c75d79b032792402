#include "base/secret.hpp"

#include <openssl/crypto.h>

#include <cstdint>
#include <cstring>
#include <utility>

namespace social::base {

void wipe(std::string& text) noexcept {
    // Growing to the capacity makes the bytes behind size() accessible; it
    // allocates nothing and so cannot throw.
    text.resize(text.capacity());
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

void wipe(std::span<char> bytes) noexcept {
    OPENSSL_cleanse(bytes.data(), bytes.size());
}

namespace {

std::uint64_t word_at(const char* bytes, std::size_t size = sizeof(std::uint64_t)) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, size);
    return word;
}

}  // namespace

// As CRYPTO_memcmp(), which looks at one byte at a time.
bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    constexpr std::size_t kWord = sizeof(std::uint64_t);
    constexpr std::size_t kStep = 4 * kWord;
    if (a.size() != b.size()) {
        return false;
    }
    std::uint64_t differing = 0;
    const auto add = [&differing](std::uint64_t difference) noexcept {
        differing |= difference;
        // Hides from the compiler that nothing more can change once a bit is set.
        asm volatile("" : "+r"(differing));
    };
    const char* left = a.data();
    const char* right = b.data();
    std::size_t rest = a.size();
    for (; rest >= kStep; rest -= kStep, left += kStep, right += kStep) {
        add((word_at(left) ^ word_at(right)) | (word_at(left + kWord) ^ word_at(right + kWord)) |
            (word_at(left + 2 * kWord) ^ word_at(right + 2 * kWord)) |
            (word_at(left + 3 * kWord) ^ word_at(right + 3 * kWord)));
    }
    for (; rest >= kWord; rest -= kWord, left += kWord, right += kWord) {
        add(word_at(left) ^ word_at(right));
    }
    if (rest != 0) {
        add(word_at(left, rest) ^ word_at(right, rest));
    }
    return differing == 0;
}

// A std::string may keep a copy of short text in itself; of longer text it hands over the
// only one.
Secret::Secret(std::string&& text) noexcept {
    text_.swap(text);
    if (!text_.empty() && text_.size() <= text.capacity()) {
        wipe(text);
    }
}

Secret::Secret(Secret&& other) noexcept : Secret(std::move(other.text_)) {}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        // A copy first: when memory runs out, this keeps what it had.
        std::string copy = other.text_;
        wipe(text_);
        text_.swap(copy);
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        // What is empty has nothing to be wiped, as below.
        if (!text_.empty()) {
            wipe(text_);
        }
        if (!other.text_.empty()) {
            text_.swap(other.text_);
            wipe(other.text_);  // as above
        }
    }
    return *this;
}

// What is empty has been wiped, moved away, or never held anything.
Secret::~Secret() {
    if (!text_.empty()) {
        wipe(text_);
    }
}

bool Secret::equals(std::string_view other) const noexcept {
    return equal_in_constant_time(text_, other);
}

}  // namespace social::base
