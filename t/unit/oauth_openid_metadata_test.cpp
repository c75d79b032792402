#include "oauth/openid_metadata.hpp"

#include <string>
#include "catch.hpp"

#include "flow_world.hpp"

using namespace social;
using test::json_answer;

namespace {

oauth::Provider provider_at(std::string_view issuer, std::string_view type = "oidc") {
    oauth::ProviderSettings settings;
    settings.name = "p";
    settings.type = type;
    settings.client_id = "client";
    settings.client_secret = base::Secret("secret");
    settings.issuer = issuer;
    return oauth::make_provider(std::move(settings)).value();
}

std::string document(const std::string& issuer, const std::string& more = "") {
    return R"({"issuer":")" + issuer + R"(","authorization_endpoint":"https://a.example/a",)" +
           R"("token_endpoint":"https://a.example/t","jwks_uri":"https://a.example/k")" + more +
           "}";
}

}  // namespace

TEST_CASE("the document lies below the issuer, with one slash between", "[oauth]") {
    CHECK(oauth::metadata_request(provider_at("https://a.example")).url ==
          "https://a.example/.well-known/openid-configuration");
    CHECK(oauth::metadata_request(provider_at("https://a.example/tenant/")).url ==
          "https://a.example/tenant/.well-known/openid-configuration");
}

TEST_CASE("endpoints are read, those of the block go first", "[oauth]") {
    const oauth::Provider provider = provider_at("https://a.example");
    const auto metadata = oauth::read_metadata(
        provider, json_answer(200, document("https://a.example",
                                            R"(,"userinfo_endpoint":"https://a.example/u")")));
    REQUIRE(metadata.has_value());
    CHECK(metadata->algorithms == std::vector{crypto::Algorithm::rs256});
    CHECK_FALSE(metadata->names_issuer);
    CHECK(oauth::jwks_request(provider, *metadata).url == "https://a.example/k");

    oauth::Provider own = provider;
    own.token_url = "https://own.example/t";
    const oauth::Provider merged = oauth::with_metadata(own, *metadata);
    CHECK(merged.authorize_url == "https://a.example/a");
    CHECK(merged.token_url == "https://own.example/t");
    CHECK(merged.profile_url == "https://a.example/u");
    CHECK(merged.revoke_url.empty());
}

TEST_CASE("HMAC and unknown algorithms of a document do not count", "[oauth]") {
    const auto algorithms = [](const char* names) {
        return oauth::read_metadata(
                   provider_at("https://a.example"),
                   json_answer(
                       200, document("https://a.example",
                                     std::string(R"(,"id_token_signing_alg_values_supported":)") +
                                         names)))
            ->algorithms;
    };
    CHECK(algorithms(R"(["none","HS256","ES256","PS512","rs256"])") ==
          std::vector{crypto::Algorithm::es256, crypto::Algorithm::ps512});
    CHECK(algorithms(R"(["HS256"])") == std::vector{crypto::Algorithm::rs256});
    CHECK(algorithms(R"("ES256")") == std::vector{crypto::Algorithm::rs256});
}

TEST_CASE("a document of another issuer is refused, be it by a slash", "[oauth]") {
    for (const char* issuer :
         {"https://a.example/", "https://A.example", "https://b.example", ""}) {
        INFO(issuer);
        const auto metadata = oauth::read_metadata(provider_at("https://a.example"),
                                                   json_answer(200, document(issuer)));
        REQUIRE_FALSE(metadata.has_value());
        CHECK(metadata.error().kind == Kind::provider_rejected);
    }
}

TEST_CASE("a document that serves many tenants has its own mark in the issuer", "[oauth]") {
    const std::string marked = "https://login.microsoftonline.com/{tenantid}/v2.0";
    const auto read = [&](const oauth::Provider& provider) {
        return oauth::read_metadata(provider, json_answer(200, document(marked))).has_value();
    };
    CHECK(read(provider_at("", "microsoft")));
    CHECK_FALSE(read(provider_at("https://login.microsoftonline.com/t1/v2.0", "microsoft")));
    CHECK_FALSE(read(provider_at("https://a.example")));
}

TEST_CASE("a document of one issuer is read at a provider of its own type", "[oauth]") {
    const oauth::Provider google = provider_at("", "google");
    CHECK(oauth::read_metadata(google, json_answer(200, document("https://accounts.google.com"))));
    CHECK_FALSE(oauth::read_metadata(google, json_answer(200, document("https://a.example"))));
}

TEST_CASE("a document names all endpoints that a login needs and the block does not name",
          "[oauth]") {
    for (const std::string name : {"authorization_endpoint", "token_endpoint", "jwks_uri"}) {
        INFO(name);
        std::string text = document("https://a.example");
        text.replace(text.find(name), name.size(), "x");
        oauth::Provider provider = provider_at("https://a.example");
        const auto metadata = oauth::read_metadata(provider, json_answer(200, text));
        REQUIRE_FALSE(metadata);
        CHECK(metadata.error().detail == "the answer has no usable endpoint");
        provider.authorize_url = "https://own.example/a";
        provider.token_url = "https://own.example/t";
        CHECK(oauth::read_metadata(provider, json_answer(200, text)).has_value() ==
              (name != "jwks_uri"));
    }
}

TEST_CASE("all endpoints of a document are taken where the block has none, and no other",
          "[oauth]") {
    const oauth::Provider provider = provider_at("https://a.example");
    const auto metadata = oauth::read_metadata(
        provider,
        json_answer(200, document("https://a.example",
                                  R"(,"userinfo_endpoint":"https://a.example/u",)"
                                  R"("revocation_endpoint":"https://a.example/r",)"
                                  R"("authorization_response_iss_parameter_supported":true)")));
    REQUIRE(metadata);
    CHECK(metadata->names_issuer);
    CHECK(oauth::with_metadata(provider, *metadata).revoke_url == "https://a.example/r");
    oauth::Provider own = provider;
    own.authorize_url = "https://own.example/a";
    own.profile_url = "https://own.example/u";
    own.revoke_url = "https://own.example/r";
    const oauth::Provider merged = oauth::with_metadata(own, *metadata);
    CHECK(merged.authorize_url == "https://own.example/a");
    CHECK(merged.profile_url == "https://own.example/u");
    CHECK(merged.revoke_url == "https://own.example/r");
    CHECK(merged.token_url == "https://a.example/t");
}

TEST_CASE("endpoints that nobody may call spoil the document", "[oauth]") {
    for (const char* url : {"http://a.example/u", "http://127.0.0.1/u", "file:///etc/passwd",
                            "https://user@a.example/", "https://a.example/#f", ""}) {
        INFO(url);
        const auto metadata = oauth::read_metadata(
            provider_at("https://a.example"),
            json_answer(200, document("https://a.example",
                                      R"(,"userinfo_endpoint":")" + std::string(url) + "\"")));
        REQUIRE_FALSE(metadata.has_value());
        CHECK(metadata.error().detail == "the answer has no usable userinfo_endpoint");
    }
    const oauth::Provider here = provider_at("http://127.0.0.1:8081");
    CHECK(oauth::read_metadata(here, json_answer(200, document("http://127.0.0.1:8081",
                                                               R"(,"userinfo_endpoint":)"
                                                               R"("http://127.0.0.1:8081/u")")))
              .has_value());
}

TEST_CASE("an answer that is no document is an error of the provider", "[oauth]") {
    for (const auto& [status, body] :
         std::vector<std::pair<int, std::string>>{{200, ""},
                                                  {200, "[]"},
                                                  {200, "{}"},
                                                  {404, "not found"},
                                                  {500, document("https://a.example")},
                                                  {302, ""}}) {
        INFO(status << body);
        CHECK_FALSE(
            oauth::read_metadata(provider_at("https://a.example"), json_answer(status, body))
                .has_value());
    }
}
