#include "base/secret.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace social::base {

void wipe(std::string& text) noexcept {
    // Growing to the capacity makes the bytes beyond size() accessible. It does not allocate, so it
    // cannot throw.
    text.resize(text.capacity());
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

void wipe(std::span<char> bytes) noexcept {
    OPENSSL_cleanse(bytes.data(), bytes.size());
}

void append_wiping(std::string& text, std::string_view more) {
    if (more.size() <= text.capacity() - text.size()) {
        text.append(more);
        return;
    }
    std::string larger;
    larger.reserve(std::max(2 * text.capacity(), text.size() + more.size()));
    larger.append(text).append(more);
    text.swap(larger);
    wipe(larger);
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// Moving a short std::string leaves a copy in its source; moving a long one transfers the buffer.
Secret::Secret(std::string&& text) noexcept {
    text_.swap(text);
    if (!text_.empty() && text_.size() <= text.capacity()) {
        wipe(text);
    }
}

Secret::Secret(Secret&& other) noexcept : Secret(std::move(other.text_)) {}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        // Allocate first: if that throws, this keeps its value.
        std::string copy = other.text_;
        wipe(text_);
        text_.swap(copy);
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        // An empty Secret needs no wipe: see the destructor.
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

// An empty Secret has been wiped, moved from, or never set.
Secret::~Secret() {
    if (!text_.empty()) {
        wipe(text_);
    }
}

bool Secret::equals(std::string_view other) const noexcept {
    return equal_in_constant_time(text_, other);
}

}  // namespace social::base
