// The examples of RFC 7515 Appendix A and RFC 8037 Appendix A.
#include <string>
#include "catch.hpp"

#include "base/base64.hpp"
#include "base/json.hpp"
#include "crypto/jwk.hpp"
#include "crypto/jws.hpp"

using namespace social;
using namespace social::crypto;

namespace {

struct Example {
    const char* name;
    std::string jwk;
    std::string token;
};

// {"iss":"joe", "exp":1300819380, "http://example.com/is_root":true} with CRLF inside.
const std::string kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
    "fQ";

const Example kExamples[] = {
    {"RFC 7515 A.1, HS256",
     R"({"kty":"oct","alg":"HS256","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75)"
     R"(aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
     "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + kPayload +
         ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
    {"RFC 7515 A.2, RS256",
     R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPd)"
     R"(dxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ4)"
     R"(7soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xs)"
     R"(mtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs)"
     R"(91kzk2PAcDTW9gb54h4FRWyuXpoQ"})",
     "eyJhbGciOiJSUzI1NiJ9." + kPayload +
         ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt"
         "_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLI"
         "ARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOP"
         "qvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe7"
         "7Rw"},
    {"RFC 7515 A.3, ES256",
     R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
     R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
     "eyJhbGciOiJFUzI1NiJ9." + kPayload +
         ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU"
         "1Q"},
    {"RFC 7515 A.4, ES512",
     R"({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG)"
     R"(_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-)"
     R"(x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"})",
     "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPW"
     "ROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU"
     "8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"},
    {"RFC 8037 A.4, EdDSA",
     R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09P"
     "GcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
};

JwsKey key_of(const Example& example) {
    const auto json = base::Json::parse(example.jwk);
    REQUIRE(json);
    auto entry = read_jwk(*json);
    REQUIRE(entry);
    return std::move(entry->key);
}

bool accepts(const JwsKey& key, const std::string& token) {
    const auto jws = read_compact(token);
    return jws && verify(*jws, key);
}

}  // namespace

TEST_CASE("the signature examples of the RFCs verify, twice in a row", "[crypto]") {
    for (const Example& example : kExamples) {
        INFO(example.name);
        const JwsKey key = key_of(example);
        for (int i = 0; i < 2; ++i) {
            const auto jws = read_compact(example.token);
            REQUIRE(jws);
            const auto payload = verify(*jws, key);
            REQUIRE(payload);
            CHECK(base::base64url_encode(*payload) == jws->payload);
        }
    }
}

TEST_CASE("an RFC example with any character changed does not verify", "[crypto]") {
    for (const Example& example : kExamples) {
        INFO(example.name);
        const JwsKey key = key_of(example);
        std::string token = example.token;
        for (std::size_t at = 0; at < token.size(); ++at) {
            const char original = token[at];
            for (const char c : {'A', '_'}) {
                if (c != original) {
                    token[at] = c;
                    CHECK_FALSE(accepts(key, token));
                }
            }
            token[at] = original;
        }
        CHECK(accepts(key, token));
    }
}

TEST_CASE("an RFC example with a truncated or extended signature does not verify", "[crypto]") {
    for (const Example& example : kExamples) {
        INFO(example.name);
        const JwsKey key = key_of(example);
        const auto dot = example.token.rfind('.');
        for (std::size_t size = dot; size < example.token.size(); ++size) {
            CHECK_FALSE(accepts(key, example.token.substr(0, size)));
        }
        const std::string signature =
            *base::base64url_decode(std::string_view(example.token).substr(dot + 1));
        const std::string head = example.token.substr(0, dot + 1);
        using namespace std::string_literals;
        CHECK_FALSE(accepts(key, head + base::base64url_encode(signature + "\0"s)));
        CHECK_FALSE(accepts(key, head + base::base64url_encode("\0"s + signature)));
        CHECK_FALSE(accepts(key, head + base::base64url_encode(std::string(64, '\0'))));
    }
}

TEST_CASE("the unsecured example of RFC 7515 A.5 is refused in every spelling of none",
          "[crypto]") {
    CHECK_FALSE(read_compact("eyJhbGciOiJub25lIn0." + kPayload + "."));
    for (const char* none : {"none", "None", "NONE", "nOnE", "", "hs256", "HS256 ", "HS1"}) {
        const std::string header = std::string(R"({"alg":")") + none + R"("})";
        for (const char* signature : {"", "AAAA"}) {
            CHECK_FALSE(
                read_compact(base::base64url_encode(header) + "." + kPayload + "." + signature));
        }
    }
}

TEST_CASE("a key of an RFC example verifies its token only", "[crypto]") {
    for (const Example& example : kExamples) {
        const JwsKey key = key_of(example);
        for (const Example& other : kExamples) {
            CHECK(accepts(key, other.token) == (&example == &other));
        }
    }
}
