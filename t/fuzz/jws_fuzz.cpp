// A fuzzer's entry (libFuzzer): an Authorization header from a stranger, then the
// text behind it as the payload of a token that did verify.
//
//   clang++ -std=c++23 -fsanitize=fuzzer,address,undefined -Isrc t/fuzz/jws_fuzz.cpp
//       src/token/*.cpp src/crypto/*.cpp src/base/*.cpp -lcrypto -ljansson
#include <openssl/err.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "crypto/jwk.hpp"
#include "token/bearer.hpp"

using namespace social;

namespace {

token::TokenKeys make_keys() {
    token::TokenKeys keys;
    for (const std::string_view algorithm : {"HS256", "HS512"}) {
        auto key = token::read_key_file(
            {.algorithm = algorithm, .content = "0123456789abcdef0123456789abcdef"});
        if (!key || !keys.add(std::move(*key))) {
            std::abort();
        }
    }
    return keys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const token::TokenKeys keys = make_keys();
    static const token::BearerCheck check(keys, {.issuer = {}, .audience = "good", .leeway = 30});
    constexpr std::int64_t kNow = 1'700'000'000;

    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(check.check(text, kNow));
    if (const auto stated = token::state_claims(text)) {
        const token::ClaimRules rules{.issuer = "a", .audience = "b", .leeway = 0};
        static_cast<void>(token::judge(*stated, rules, kNow));
    }
    static_cast<void>(crypto::read_jwk_set(text));
    // An error that stays in the queue would be reported by nginx for another connection.
    if (ERR_peek_error() != 0) {
        std::abort();
    }
    return 0;
}
