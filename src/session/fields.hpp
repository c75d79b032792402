// The binary form of what is sealed: integers big-endian, each text behind its
// length, so that no byte can wander from one field into its neighbor
// (CVE-2023-35941). For session/login and session/record.
//
// A reader never reads past its end and never allocates for a length that it does
// not hold; after the first mistake it is not whole() and yields empty fields.
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

// And back.
template <std::unsigned_integral Number>
[[nodiscard]] constexpr Number big_endian(Number value) noexcept {
    return std::endian::native == std::endian::little ? std::byteswap(value) : value;
}

class FieldWriter {
public:
    // Leaves `front` bytes free in front of the fields. What it has to grow for beyond
    // `expected_size`, which counts the fields alone, leaves a copy behind that nobody wipes.
    // `memory` is a text that may be written over.
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

    // Bytes of a length that the reader knows.
    void raw(std::string_view bytes) { copy(bytes, room(bytes.size())); }

    // All of it, for the last time. May hold secrets: the caller wipes it.
    [[nodiscard]] std::string take() noexcept {
        bytes_.resize(used_);
        return std::move(bytes_);
    }

private:
    // For so many bytes more, which are in use from now on.
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
    std::size_t used_;  // bytes of it
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

    // Everything was there so far.
    [[nodiscard]] bool whole() const noexcept { return whole_; }
    // Everything was there, and nothing is left.
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
