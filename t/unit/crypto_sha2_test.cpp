#include "crypto/sha2.hpp"

#include <string>
#include <string_view>
#include "catch.hpp"

#include "crypto/digest.hpp"
#include "crypto/sha2_evp.hpp"

using namespace social::crypto;

namespace {

template <class Hash>
std::string digest_of(std::string_view text) {
    Hash hash;
    hash.update(text);
    return hex(hash.finish());
}

// A copy goes on from where the original was, and leaves the original alone.
template <class Hash>
void check_copies() {
    Hash original;
    original.update("a");
    Hash copy = original;
    copy.update("bc");
    CHECK(hex(copy.finish()) == digest_of<Hash>("abc"));
    original.update("xyz");
    CHECK(hex(original.finish()) == digest_of<Hash>("axyz"));
}

template <template <std::size_t> class Hash>
void check_hashes() {
    CHECK(digest_of<Hash<32>>("abc") ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(digest_of<Hash<48>>("abc") ==
          "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
          "8086072ba1e7cc2358baeca134c825a7");
    CHECK(digest_of<Hash<64>>("abc") ==
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    CHECK(digest_of<Hash<32>>("") ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    check_copies<Hash<32>>();
    check_copies<Hash<48>>();
    check_copies<Hash<64>>();
}

}  // namespace

TEST_CASE("SHA-2 gives the values of FIPS 180-4, also in a copy of a hash under way", "[crypto]") {
    check_hashes<Sha2>();
}

TEST_CASE("SHA-2 by EVP gives the same values", "[crypto]") {
    check_hashes<EvpSha2>();
}
