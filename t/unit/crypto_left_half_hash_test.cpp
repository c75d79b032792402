#include "crypto/left_half_hash.hpp"

#include "catch.hpp"

using social::crypto::Algorithm;
using social::crypto::left_half_hash;

TEST_CASE("at_hash matches the example of OpenID Connect Core, appendix A", "[crypto]") {
    CHECK(left_half_hash(Algorithm::rs256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y") ==
          "77QmUPtjPfzWtF2AnpK9RQ");
    CHECK(left_half_hash(Algorithm::es256,
                         "Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk") ==
          "LDktKdoQak3Pk0cnXxCltA");
}

TEST_CASE("at_hash uses the digest of the algorithm", "[crypto]") {
    CHECK(left_half_hash(Algorithm::ps384, "x").size() == 32);  // 24 bytes
    CHECK(left_half_hash(Algorithm::es512, "x").size() == 43);  // 32 bytes
    CHECK(left_half_hash(Algorithm::eddsa, "x") == left_half_hash(Algorithm::rs512, "x"));
}
