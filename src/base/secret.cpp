#include "base/secret.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace social::base {

void wipe(std::string& text) noexcept {
    // Growing to the capacity makes the bytes behind size() accessible; it
    // allocates nothing and so cannot throw.
    text.resize(text.capacity());
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// A moved-from std::string may keep a copy of short text in itself; of longer text it
// hands over the only one.
Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) {
    if (!text_.empty() && text_.size() <= other.text_.capacity()) {
        wipe(other.text_);
    }
}

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
        wipe(text_);
        text_.swap(other.text_);
        wipe(other.text_);  // as above
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
