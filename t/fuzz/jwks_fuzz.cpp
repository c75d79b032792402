// The JWK Set of a publisher (RFC 7517). A set has exactly the keys that can be read one by one,
// all asymmetric. None of them accepts a forged signature.
#include <openssl/err.h>

#include <algorithm>
#include <string>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"
#include "fuzz.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

std::size_t usable_keys(const base::Json& keys) {
    std::size_t usable = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const bool secret = keys.at(i).member("kty").text() == "oct";
        const auto entry = crypto::read_jwk(keys.at(i));
        require(entry || entry.error().kind == Kind::bad_request);
        usable += entry && !secret ? 1 : 0;
    }
    return usable;
}

void check_entry(const crypto::KeySet::NamedKey& entry) {
    const crypto::AlgorithmFacts& row = crypto::facts(entry.key.algorithm());
    require(row.family != crypto::Family::hmac && !entry.key.can_sign());
    require(base::is_utf8(entry.kid));
    require(entry.key.id().size() == 11 && base::is_base64url_alphabet(entry.key.id()));
    for (const std::size_t size : {std::size_t{0}, 2 * row.coordinate, std::size_t{256}}) {
        require(!entry.key.verify({.message = "message", .signature = std::string(size, 'x')}));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    const auto set = crypto::read_jwk_set(text);
    const auto json = base::Json::parse(text);
    const std::size_t usable = json ? usable_keys(json->member("keys")) : 0;
    if (set) {
        require(set->entries().size() == usable && usable <= crypto::kMaxJwks && !set->empty());
        std::ranges::for_each(set->entries(), check_entry);
        require(!set->verify("e30.e30.e30"));
    } else {
        require(set.error().kind == Kind::bad_request);
        require(usable == 0 || json->member("keys").size() > crypto::kMaxJwks);
    }
    // nginx would log an error left in the queue for another connection.
    require(ERR_peek_error() == 0);
    return 0;
}
