#include "base/random.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <stdexcept>
#include <vector>

#include "base/base64.hpp"

namespace social::base {
namespace {

void fill_from_openssl(std::span<std::uint8_t> out) {
    // RAND_bytes() takes an int.
    constexpr std::size_t kMaxCount = std::numeric_limits<int>::max();
    while (!out.empty()) {
        const std::size_t count = std::min(out.size(), kMaxCount);
        if (RAND_bytes(out.data(), static_cast<int>(count)) != 1) {
            throw std::runtime_error("RAND_bytes() failed");
        }
        out = out.subspan(count);
    }
}

// A pool of random bytes. Each call of RAND_bytes() costs a system call, about as much for many
// bytes as for few. Bytes are wiped after use.
class RandomPool {
public:
    static constexpr std::size_t kMaxPooledBytes = 128;  // bytes; longer requests bypass the pool

    RandomPool() = default;
    RandomPool(const RandomPool&) = delete;
    RandomPool& operator=(const RandomPool&) = delete;
    ~RandomPool() { reset(); }

    // Passes `count` bytes to `use`, and wipes them afterwards.
    template <class Use>
    void take(std::size_t count, Use use) {
        if (left_ < count) {
            left_ = 0;
            fill_from_openssl(bytes_);
            left_ = bytes_.size();
        }
        left_ -= count;
        const auto given = std::span(bytes_).subspan(left_, count);
        use(given);
        OPENSSL_cleanse(given.data(), given.size());
    }

    void reset() noexcept {
        OPENSSL_cleanse(bytes_.data(), bytes_.size());
        left_ = 0;
    }

private:
    std::array<std::uint8_t, 1024> bytes_{};
    std::size_t left_ = 0;  // the unused bytes are the first ones
};

RandomPool& pool() noexcept {
    thread_local RandomPool mine;
    return mine;
}

// Otherwise parent and child would return the same bytes.
void on_fork() noexcept {
    pool().reset();
}

bool has_fork_handler() noexcept {
    static const bool registered = pthread_atfork(nullptr, nullptr, &on_fork) == 0;
    return registered;
}

}  // namespace

void fill_random(std::span<std::uint8_t> out) {
    if (out.size() <= RandomPool::kMaxPooledBytes && has_fork_handler()) {
        pool().take(out.size(), [out](std::span<const std::uint8_t> bytes) {
            std::ranges::copy(bytes, out.begin());
        });
    } else {
        fill_from_openssl(out);
    }
}

std::uint64_t random_number() {
    std::array<std::uint8_t, sizeof(std::uint64_t)> bytes{};
    fill_random(bytes);
    return std::bit_cast<std::uint64_t>(bytes);
}

void fill_random_base64url(std::size_t bytes, std::span<char> out) {
    const auto encode = [out](std::span<const std::uint8_t> raw) noexcept {
        base64url_encode_into({reinterpret_cast<const char*>(raw.data()), raw.size()}, out);
    };
    if (bytes <= RandomPool::kMaxPooledBytes && has_fork_handler()) {
        pool().take(bytes, encode);
    } else {
        std::vector<std::uint8_t> raw(bytes);
        fill_from_openssl(raw);
        encode(raw);
        OPENSSL_cleanse(raw.data(), raw.size());
    }
}

std::string random_base64url(std::size_t bytes) {
    std::string text(base64url_size(bytes), '\0');
    fill_random_base64url(bytes, text);
    return text;
}

}  // namespace social::base
