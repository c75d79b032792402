#include "base/random.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include "base/base64.hpp"
#include "base/secret.hpp"

namespace social::base {
namespace {

void fill_from_openssl(std::span<std::uint8_t> out) {
    // RAND_bytes counts in int.
    constexpr std::size_t kMost = std::numeric_limits<int>::max();
    while (!out.empty()) {
        const std::size_t count = std::min(out.size(), kMost);
        if (RAND_bytes(out.data(), static_cast<int>(count)) != 1) {
            throw std::runtime_error("OpenSSL has no random bytes");
        }
        out = out.subspan(count);
    }
}

// Random bytes in stock: RAND_bytes takes its time, and a system call, for each call and
// hardly more for many bytes. What was given away is wiped.
class Stock {
public:
    static constexpr std::size_t kMostAtOnce = 64;  // bytes that are taken out of it

    Stock() = default;
    Stock(const Stock&) = delete;
    Stock& operator=(const Stock&) = delete;
    ~Stock() { forget(); }

    void take(std::span<std::uint8_t> out) {
        if (left_ < out.size()) {
            left_ = 0;
            fill_from_openssl(bytes_);
            left_ = bytes_.size();
        }
        const auto taken = std::span(bytes_).subspan(left_ - out.size(), out.size());
        std::ranges::copy(taken, out.begin());
        OPENSSL_cleanse(taken.data(), taken.size());
        left_ -= out.size();
    }

    void forget() noexcept {
        OPENSSL_cleanse(bytes_.data(), bytes_.size());
        left_ = 0;
    }

private:
    std::array<std::uint8_t, 1024> bytes_{};
    std::size_t left_ = 0;  // they are the first
};

Stock& stock() noexcept {
    thread_local Stock mine;
    return mine;
}

// A child would give away what its parent gives away, too.
void on_fork() noexcept {
    stock().forget();
}

}  // namespace

void fill_random(std::span<std::uint8_t> out) {
    static const bool watched = pthread_atfork(nullptr, nullptr, &on_fork) == 0;
    if (watched && out.size() <= Stock::kMostAtOnce) {
        stock().take(out);
    } else {
        fill_from_openssl(out);
    }
}

std::string random_base64url(std::size_t bytes) {
    std::array<char, Stock::kMostAtOnce> few{};
    std::string many(bytes > few.size() ? bytes : 0, '\0');
    const std::span<char> raw = many.empty() ? std::span(few).first(bytes) : std::span(many);
    fill_random({reinterpret_cast<std::uint8_t*>(raw.data()), raw.size()});
    std::string text = base64url_encode({raw.data(), raw.size()});
    wipe(raw);
    return text;
}

}  // namespace social::base
