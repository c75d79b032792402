// Texts that are kept in the object itself, for those of a length that is known: an id, a nonce.
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

// Of `Most` bytes or fewer.
template <std::size_t Most>
class FixedText {
public:
    FixedText() = default;
    // Throws std::length_error where `text` is longer. Implicit, as that of a std::string.
    // NOLINTNEXTLINE(google-explicit-constructor)
    FixedText(const std::convertible_to<std::string_view> auto& text) {
        const std::string_view given = text;
        if (given.size() > Most) {
            throw std::length_error("a text is longer than it can be");
        }
        std::ranges::copy(given, bytes_.begin());
        size_ = given.size();
    }

    // As a std::string does.
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

// The same for what base::Secret is for.
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
    // All bytes are zero in a text that is empty.
    void clear() noexcept {
        static_assert(std::is_trivially_copyable_v<FixedText<Most>>);
        wipe(std::span(reinterpret_cast<char*>(&text_), sizeof(text_)));
    }

    FixedText<Most> text_;
};

}  // namespace social::base
