// Strings with inline storage and a fixed maximum length, for example an id or a nonce.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include "base/secret.hpp"

namespace social::base {

// Holds at most `Most` bytes.
template <std::size_t Most>
class FixedText {
public:
    FixedText() = default;
    // Throws std::length_error if `text` is longer. Implicit, like the constructors of std::string.
    // NOLINTNEXTLINE(google-explicit-constructor)
    FixedText(const std::convertible_to<std::string_view> auto& text) {
        const std::string_view given = text;
        if (given.size() > Most) {
            throw std::length_error("the text exceeds its maximum length");
        }
        std::ranges::copy(given, bytes_.begin());
        size_ = given.size();
    }

    // Implicit, like that of std::string. The view lives as long as this object.
    // NOLINTNEXTLINE(google-explicit-constructor)
    operator std::string_view() const noexcept { return {bytes_.data(), size_}; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] bool operator==(
        const std::convertible_to<std::string_view> auto& other) const noexcept {
        return std::string_view(*this) == std::string_view(other);
    }

private:
    std::array<char, Most> bytes_{};
    std::size_t size_ = 0;
};

// A FixedText that is wiped on destruction, as base::Secret is.
template <std::size_t Most>
class FixedSecret {
public:
    FixedSecret() = default;
    explicit FixedSecret(std::string_view text) : text_(text) {}
    FixedSecret(const FixedSecret&) = default;
    FixedSecret(FixedSecret&& other) noexcept : text_(other.text_) { other.clear(); }
    FixedSecret& operator=(const FixedSecret&) = default;
    FixedSecret& operator=(FixedSecret&& other) noexcept {
        if (this != &other) {
            text_ = other.text_;
            other.clear();
        }
        return *this;
    }
    ~FixedSecret() { clear(); }

    [[nodiscard]] std::string_view reveal() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

private:
    // Wipes all bytes: that is the representation of an empty text.
    void clear() noexcept {
        static_assert(std::is_trivially_copyable_v<FixedText<Most>>);
        wipe(std::span(reinterpret_cast<char*>(&text_), sizeof(text_)));
    }

    FixedText<Most> text_;
};

}  // namespace social::base
