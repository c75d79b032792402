// A bump allocator for typed arrays. The same sequence of calls yields the same offsets at any
// address, so all processes agree on a zone's layout. Nothing is initialized.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace social::store {

class Arena {
public:
    explicit Arena(std::span<std::byte> memory) noexcept : rest_(memory) {}

    [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

    // If `count` elements do not fit, the result is empty, and so is the arena afterwards.
    template <class T>
    [[nodiscard]] std::span<T> take(std::size_t count) noexcept {
        static_assert(std::is_trivially_destructible_v<T>);
        align(alignof(T));
        if (count > rest_.size() / sizeof(T)) {
            rest_ = {};
            return {};
        }
        auto* first = reinterpret_cast<T*>(rest_.data());
        rest_ = rest_.subspan(count * sizeof(T));
        return {first, count};
    }

    void align(std::size_t alignment) noexcept {
        const auto address = reinterpret_cast<std::uintptr_t>(rest_.data());
        const std::size_t skip = (alignment - address % alignment) % alignment;
        rest_ = skip <= rest_.size() ? rest_.subspan(skip) : std::span<std::byte>{};
    }

private:
    std::span<std::byte> rest_;
};

}  // namespace social::store
