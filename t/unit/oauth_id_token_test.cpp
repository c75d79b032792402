#include "oauth/id_token.hpp"

#include <string>
#include "catch.hpp"

#include "crypto/jwk.hpp"
#include "crypto/left_half_hash.hpp"
#include "flow_world.hpp"
#include "openid_provider.hpp"

using namespace social;

namespace {

constexpr std::string_view kIssuer = "https://provider.example";

oauth::Provider provider_with(std::string_view type, std::string_view issuer) {
    oauth::ProviderSettings settings;
    settings.name = "p";
    settings.type = type;
    settings.client_id = "client";
    settings.client_secret = base::Secret("client-secret-of-at-least-32-bytes!!");
    settings.issuer = issuer;
    return oauth::make_provider(std::move(settings)).value();
}

// Claims of a good token, with members laid over them; an empty value takes one away.
class Claims {
public:
    Claims() {
        set("iss", R"("https://provider.example")").set("sub", R"("4711")");
        set("aud", R"("client")").set("nonce", R"("NONCE")");
        set("iat", std::to_string(test::kNow)).set("exp", std::to_string(test::kNow + 300));
    }
    Claims& set(const std::string& name, std::string json) {
        members_[name] = std::move(json);
        return *this;
    }
    [[nodiscard]] std::string text() const {
        std::string out;
        for (const auto& [name, json] : members_) {
            if (!json.empty()) {
                out += out.empty() ? "{" : ",";
                out += '"' + name + "\":" + json;
            }
        }
        return out + "}";
    }

private:
    std::map<std::string, std::string> members_;
};

class Checked {
public:
    explicit Checked(oauth::Provider of = provider_with("oidc", kIssuer))
        : provider(std::move(of)), keys(crypto::read_jwk_set(openid.jwks()).value()) {}

    Result<base::Json> check(std::string_view token) const {
        return oauth::check_id_token(token, {.provider = provider,
                                             .keys = keys,
                                             .algorithms = algorithms,
                                             .nonce = "NONCE",
                                             .access_token = "ACCESS",
                                             .now = test::kNow});
    }
    // Why it is refused, or "good".
    std::string verdict(const Claims& claims) const {
        const auto outcome = check(openid.token(claims.text()));
        return outcome ? "good" : outcome.error().detail;
    }

    test::OpenidProvider openid;
    oauth::Provider provider;
    crypto::KeySet keys;
    std::vector<crypto::Algorithm> algorithms{crypto::Algorithm::es256};
};

}  // namespace

TEST_CASE("a good id token gives its claims", "[oauth]") {
    const Checked world;
    const auto claims = world.check(world.openid.token(Claims().text()));
    REQUIRE(claims.has_value());
    CHECK(claims->member("sub").text() == "4711");
}

TEST_CASE("every claim of an id token is checked", "[oauth]") {
    const Checked world;
    const std::string now = std::to_string(test::kNow);
    CHECK(world.verdict(Claims()) == "good");
    CHECK(world.verdict(Claims().set("iss", R"("https://provider.example/")")) == "iss");
    CHECK(world.verdict(Claims().set("iss", "")) == "iss");
    CHECK(world.verdict(Claims().set("iss", R"(["https://provider.example"])")) == "iss");
    CHECK(world.verdict(Claims().set("aud", R"("clien")")) == "aud");
    CHECK(world.verdict(Claims().set("aud", R"(["client"])")) == "good");
    CHECK(world.verdict(Claims().set("aud", R"(["client","other"])")) == "aud");
    CHECK(world.verdict(Claims().set("aud", R"(["client","other"])").set("azp", R"("client")")) ==
          "good");
    CHECK(world.verdict(Claims().set("aud", R"(["other"])")) == "aud");
    CHECK(world.verdict(Claims().set("aud", R"("other")").set("azp", R"("client")")) == "aud");
    CHECK(world.verdict(Claims().set("aud", R"(["a","b"])").set("azp", R"("client")")) == "aud");
    CHECK(world.verdict(Claims().set("azp", R"("other")")) == "aud");
    CHECK(world.verdict(Claims().set("azp", "1")) == "aud");
    CHECK(world.verdict(Claims().set("aud", "[]")) == "aud");
    CHECK(world.verdict(Claims().set("aud", "{}")) == "aud");
    CHECK(world.verdict(Claims().set("exp", std::to_string(test::kNow - 60))) == "exp");
    CHECK(world.verdict(Claims().set("exp", std::to_string(test::kNow - 59))) == "good");
    CHECK(world.verdict(Claims().set("exp", R"("9999999999")")) == "exp");
    CHECK(world.verdict(Claims().set("exp", "1e300")) == "exp");
    CHECK(world.verdict(Claims().set("iat", std::to_string(test::kNow + 61))) == "iat");
    CHECK(world.verdict(Claims().set("iat", std::to_string(test::kNow + 60))) == "good");
    CHECK(world.verdict(Claims().set("iat", "true")) == "iat");
    CHECK(world.verdict(Claims().set("nonce", R"("NONCF")")) == "nonce");
    CHECK(world.verdict(Claims().set("nonce", "")) == "nonce");
    CHECK(world.verdict(Claims().set("sub", R"("")")) == "sub");
    CHECK(world.verdict(Claims().set("sub", "4711")) == "sub");
    CHECK(world.verdict(Claims().set("at_hash", R"("AAAA")")) == "at_hash");
    CHECK(world.verdict(Claims().set("at_hash", "null")) == "at_hash");
    const std::string hash = crypto::left_half_hash(crypto::Algorithm::es256, "ACCESS");
    CHECK(world.verdict(Claims().set("at_hash", '"' + hash + '"')) == "good");
}

TEST_CASE("a login without a nonce admits no token, not even one without a nonce", "[oauth]") {
    const Checked world;
    const auto outcome = oauth::check_id_token(
        world.openid.token(Claims().set("nonce", R"("")").text()), {.provider = world.provider,
                                                                    .keys = world.keys,
                                                                    .algorithms = world.algorithms,
                                                                    .nonce = "",
                                                                    .access_token = "ACCESS",
                                                                    .now = test::kNow});
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().detail == "nonce");
}

TEST_CASE("only a key of the provider, with an algorithm that it declares, can sign", "[oauth]") {
    Checked world;
    const std::string good = world.openid.token(Claims().text());
    CHECK(world.check(test::OpenidProvider().token(Claims().text())).error().detail == "signature");
    CHECK(world.check(test::OpenidProvider("two").token(Claims().text())).error().detail ==
          "signature");
    // An HMAC under what everybody knows (RFC 8725 §2.1).
    const auto hmac =
        crypto::JwsKey::from_secret(crypto::Algorithm::hs256, world.openid.jwks()).value();
    const std::string forged =
        crypto::sign_compact({.kid = "one", .payload = Claims().text()}, hmac);
    CHECK(world.check(forged).error().detail == "alg");
    world.algorithms.push_back(crypto::Algorithm::hs256);
    CHECK(world.check(forged).error().detail == "signature");
    world.algorithms = {crypto::Algorithm::rs256};
    CHECK(world.check(good).error().detail == "alg");
}

TEST_CASE("what is no token is refused, and its text is in no error", "[oauth]") {
    const Checked world;
    const std::string good = world.openid.token(Claims().text());
    for (const std::string& text :
         {std::string(), std::string(".."), good + ".", good.substr(0, good.rfind('.') + 1),
          "eyJhbGciOiJub25lIn0" + good.substr(good.find('.')), std::string(100000, '.'),
          world.openid.token("[]"), world.openid.token("no json")}) {
        const auto outcome = world.check(text);
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().kind == Kind::provider_rejected);
        CHECK(outcome.error().detail.size() < 32);
    }
}

TEST_CASE("the issuer of many tenants is that of the token's own tenant", "[oauth]") {
    const Checked world(provider_with("microsoft", ""));
    const auto tenant = [](const char* iss, const char* tid) {
        return Claims().set("iss", iss).set("tid", tid);
    };
    CHECK(world.verdict(tenant(R"("https://login.microsoftonline.com/t1/v2.0")", R"("t1")")) ==
          "good");
    CHECK(world.verdict(tenant(R"("https://login.microsoftonline.com/t2/v2.0")", R"("t1")")) ==
          "iss");
    CHECK(world.verdict(tenant(R"("https://login.microsoftonline.com/t1/v2.0")", "")) == "iss");
    CHECK(world.verdict(tenant(R"("https://login.microsoftonline.com//v2.0")", R"("")")) == "iss");
    CHECK(world.verdict(tenant(R"("https://login.microsoftonline.com/{tenantid}/v2.0")", "")) ==
          "iss");
    const Checked one(provider_with("microsoft", "https://login.microsoftonline.com/t1/v2.0"));
    CHECK(one.verdict(tenant(R"("https://login.microsoftonline.com/t1/v2.0")", "")) == "good");
    CHECK(one.verdict(tenant(R"("https://login.microsoftonline.com/t2/v2.0")", R"("t2")")) ==
          "iss");
}

TEST_CASE("the profile of an id token has the user's claims and no others", "[oauth]") {
    const auto claims = base::Json::parse(
        R"({"iss":"i","aud":"a","exp":1,"sub":"4711","name":"N","email":"e@x","x":1,"nonce":"n"})");
    CHECK(oauth::profile_of_claims(*claims).dump() == R"({"sub":"4711","name":"N","email":"e@x"})");
}

TEST_CASE("the kid that a token claims is read without believing it", "[oauth]") {
    CHECK(oauth::claimed_kid(test::OpenidProvider("k2").token("{}")) == "k2");
    CHECK(oauth::claimed_kid("nonsense").empty());
}
