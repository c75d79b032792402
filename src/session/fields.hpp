// The binary layout of sealed data: big-endian integers, and text with its length in front. The
// lengths keep bytes from moving into an adjacent field (CVE-2023-35941). For session/login and
// session/record.
//
// A reader never reads beyond its end, and never allocates for a length. After the first error
// whole() is false and all fields are empty.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>

namespace social::session {

// Converts to and from big-endian.
template <std::unsigned_integral Number>
[[nodiscard]] constexpr Number big_endian(Number value) noexcept {
    return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

class FieldWriter {
public:
    // Reserves `front` bytes before the fields. `expected_size` counts the fields only; growing
    // beyond it leaves an unwiped copy. `memory` is reused as the buffer.
    explicit FieldWriter(std::size_t expected_size, std::size_t front = 0, std::string memory = {})
        : bytes_(std::move(memory)), used_(front) {
        bytes_.resize(front + expected_size);
    }

    template <std::unsigned_integral Number>
    void number(Number value) {
        put(room(sizeof(value)), value);
    }
    void time(std::int64_t value) { number(std::bit_cast<std::uint64_t>(value)); }

    void text(std::string_view value) {
        if (value.size() > std::numeric_limits<std::uint32_t>::max()) {
            throw std::length_error("a field of a session is too long");
        }
        const auto length = static_cast<std::uint32_t>(value.size());
        char* const out = room(sizeof(length) + value.size());
        put(out, length);
        copy(value, out + sizeof(length));
    }

    // Writes bytes without a length: the reader must know it.
    void raw(std::string_view bytes) { copy(bytes, room(bytes.size())); }

    // Returns the bytes; call it last. They may be secret: the caller wipes them.
    [[nodiscard]] std::string take() noexcept {
        bytes_.resize(used_);
        return std::move(bytes_);
    }

private:
    // Returns room for `size` more bytes, which then count as used.
    char* room(std::size_t size) {
        if (size > bytes_.size() - used_) [[unlikely]] {
            bytes_.resize(2 * bytes_.size() + size);
        }
        used_ += size;
        return bytes_.data() + (used_ - size);
    }
    static void copy(std::string_view bytes, char* out) noexcept {
        if (!bytes.empty()) {
            std::memcpy(out, bytes.data(), bytes.size());
        }
    }
    template <std::unsigned_integral Number>
    static void put(char* out, Number value) noexcept {
        const Number big = big_endian(value);
        std::memcpy(out, &big, sizeof(big));
    }

    std::string bytes_;
    std::size_t used_;  // bytes of `bytes_` in use
};

class FieldReader {
public:
    explicit FieldReader(std::string_view bytes) noexcept : rest_(bytes) {}

    template <std::unsigned_integral Number>
    [[nodiscard]] Number number() noexcept {
        const std::string_view bytes = take(sizeof(Number));
        if (bytes.empty()) {
            return 0;
        }
        Number value = 0;
        std::memcpy(&value, bytes.data(), sizeof(value));
        return big_endian(value);
    }
    [[nodiscard]] std::int64_t time() noexcept {
        return std::bit_cast<std::int64_t>(number<std::uint64_t>());
    }
    [[nodiscard]] std::string_view text() noexcept { return take(number<std::uint32_t>()); }

    // True if no read has failed.
    [[nodiscard]] bool whole() const noexcept { return whole_; }
    // True if no read has failed and all bytes were read.
    [[nodiscard]] bool finished() const noexcept { return whole_ && rest_.empty(); }
    [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

private:
    std::string_view take(std::size_t size) noexcept {
        if (!whole_ || size > rest_.size()) {
            whole_ = false;
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    std::string_view rest_;
    bool whole_ = true;
};

}  // namespace social::session
