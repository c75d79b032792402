// Carves typed arrays out of a piece of memory, front to back. The same requests
// give the same places wherever the memory is mapped, so that processes that map
// a zone at different addresses agree on its layout. Nothing is initialized.
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

    // Nothing, and an empty arena from then on, when `count` do not fit.
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
