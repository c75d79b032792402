// Random bytes that a test knows.
#pragma once

#include <openssl/rand.h>

#include <cstddef>

#include "freed_memory.hpp"

// RAND_set_rand_method(), for which a provider of random bytes would take 200 lines.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace social::test {

// OpenSSL's random bytes are the marker, over and over, for as long as this lives.
class MarkedRandom {
public:
    MarkedRandom() { RAND_set_rand_method(&kMethod); }
    MarkedRandom(const MarkedRandom&) = delete;
    MarkedRandom& operator=(const MarkedRandom&) = delete;
    ~MarkedRandom() { RAND_set_rand_method(nullptr); }

private:
    static int fill(unsigned char* out, int size) {
        for (int i = 0; i < size; ++i) {
            out[i] = static_cast<unsigned char>(
                kLongMarker[static_cast<std::size_t>(i) % kLongMarker.size()]);
        }
        return 1;
    }
    static constexpr RAND_METHOD kMethod = {
        .seed = nullptr,
        .bytes = &fill,
        .cleanup = nullptr,
        .add = nullptr,
        .pseudorand = &fill,
        .status = [] { return 1; },
    };
};

}  // namespace social::test

#pragma GCC diagnostic pop
