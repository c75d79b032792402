#include "oauth/provider.hpp"

#include <algorithm>
#include <set>
#include <string>
#include "catch.hpp"

#include "base/ascii.hpp"
#include "base/form.hpp"
#include "oauth/authorize.hpp"
#include "oauth/endpoint_url.hpp"

using social::Kind;
using namespace social::oauth;
using social::base::Secret;

namespace {

ProviderSettings settings_of(std::string_view type) {
    ProviderSettings settings;
    settings.name = "p";
    settings.type = type;
    settings.client_id = "1234567890";
    settings.client_secret = Secret("top-secret-value");
    return settings;
}

// A row with what its type leaves to the operator.
ProviderSettings complete(const ProviderType& row) {
    ProviderSettings settings = settings_of(row.name);
    settings.authorize_url = row.authorize_url.empty() ? "https://a.example/authorize" : "";
    settings.token_url = row.token_path.empty() ? "https://a.example/token" : "";
    if (row.profile_path.empty() && row.shape != SessionShape::oauth1_profile) {
        settings.profile_url = "https://a.example/me";
    }
    if (row.protocol == Protocol::oauth1 && row.request_token_path.empty()) {
        settings.request_token_url = "https://a.example/request";
    }
    if (row.protocol == Protocol::oidc && row.issuer.empty()) {
        settings.issuer = "https://a.example";
    }
    return settings;
}

social::Error mistake_of(ProviderSettings settings) {
    auto made = make_provider(std::move(settings));
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().kind == Kind::bad_request);
    CHECK(made.error().detail.find("top-secret") == std::string::npos);
    return made.error();
}

}  // namespace

TEST_CASE("every row of the catalogue is sound", "[oauth]") {
    std::set<std::string_view> names;
    for (const ProviderType& row : catalogue()) {
        INFO(row.name);
        CHECK(names.insert(row.name).second);
        CHECK(std::ranges::all_of(row.name,
                                  [](char c) { return social::base::is_alnum(c) || c == '_'; }));
        CHECK(row.documentation.starts_with("https://"));
        CHECK(row.documentation.find(" (2026-11") != std::string_view::npos);
        CHECK(row.documentation.ends_with(')'));
        CHECK(find_type(row.name) == &row);
        CHECK((row.scope_separator == ',' || row.scope_separator == ' '));
        CHECK(row.default_lifetime >= 0);
        CHECK((row.return_fragment.empty() || row.return_fragment.starts_with('#')));
        for (const std::string_view path : {row.token_path, row.request_token_path,
                                            row.profile_path, row.accounts_path, row.revoke_path}) {
            CHECK((path.empty() || path.starts_with('/')));
            CHECK((path.empty() || !row.api_url.empty()));
        }
        CHECK((row.api_url.empty() || is_endpoint_url(row.api_url)));
        CHECK((row.token_host.empty() || is_endpoint_url(row.token_host)));
        // RFC 7009 may have its URL from the block or from discovery; the others have a path.
        CHECK((row.revocation == Revocation::none ||
               row.revocation == Revocation::token_revocation || !row.revoke_path.empty()));
        CHECK((row.revocation != Revocation::none || row.revoke_path.empty()));
        CHECK((row.issuer.empty() || row.protocol == Protocol::oidc));
        CHECK((row.issuer.empty() || is_endpoint_url(row.issuer)));
        if (row.templated_issuer) {
            CHECK(row.templated_issuer->issuer.find(row.templated_issuer->mark) !=
                  std::string_view::npos);
            CHECK_FALSE(row.templated_issuer->claim.empty());
        }
        CHECK_FALSE(row.client_id_name.empty());
        CHECK_FALSE(row.scope_member.empty());
        CHECK(row.profile_wrapper.find("..") == std::string_view::npos);
        const auto parameters = social::base::Form::parse(row.authorize_query);
        REQUIRE(parameters.has_value());
        CHECK(std::ranges::all_of(parameters->fields(), [](const social::base::FormField& field) {
            return is_free_parameter(field.name);
        }));
        const bool lists =
            row.shape == SessionShape::pages || row.shape == SessionShape::instagram_pages;
        CHECK(lists != row.accounts_path.empty());
        const bool versioned = row.token_path.find("{version}") != std::string_view::npos ||
                               row.profile_path.find("{version}") != std::string_view::npos;
        CHECK(versioned != row.api_version.empty());
        if (row.long_lived) {
            CHECK((row.long_lived->method == "POST" || row.long_lived->method == "GET"));
            CHECK_FALSE(row.long_lived->token_parameter.empty());
        }
    }
}

TEST_CASE("every row that can log in becomes a provider with https URLs", "[oauth]") {
    for (const ProviderType& row : catalogue()) {
        INFO(row.name);
        const auto made = make_provider(complete(row));
        REQUIRE(made.has_value());
        for (const std::string& url :
             {made->authorize_url, made->token_url, made->profile_url, made->accounts_url,
              made->revoke_url, made->long_lived_url, made->request_token_url}) {
            INFO(url);
            CHECK((url.empty() || is_endpoint_url(url)));
            CHECK((url.empty() || url.starts_with("https://")));
        }
        CHECK(made->authorize_url.find('?') == std::string::npos);
        CHECK(made->accounts_url.empty() == row.accounts_path.empty());
        CHECK(made->long_lived_url.empty() == !row.long_lived.has_value());
    }
}

TEST_CASE("people read the brand, or the block's name where the row has none", "[oauth]") {
    for (const ProviderType& row : catalogue()) {
        INFO(row.name);
        const bool generic = row.name == "oauth1" || row.name == "oauth2" || row.name == "oidc";
        CHECK(row.brand.empty() == generic);
        ProviderSettings settings = complete(row);
        settings.name = "mine";
        const auto made = make_provider(std::move(settings));
        REQUIRE(made.has_value());
        CHECK(made->name == "mine");
        CHECK(made->brand == (generic ? "mine" : row.brand));
    }
    CHECK(make_provider(settings_of("twitter_oauth2"))->brand == "X");
}

TEST_CASE("a row may have the client's id in a path", "[oauth]") {
    ProviderSettings settings = settings_of("github");
    settings.client_id = "Iv1.8a/61";
    CHECK(make_provider(settings)->revoke_url ==
          "https://api.github.com/applications/Iv1.8a%2F61/token");
    settings.revoke_url = "https://github.example/gone";
    CHECK(make_provider(settings)->revoke_url == "https://github.example/gone");
}

TEST_CASE("rows of named providers need client_id and client_secret alone", "[oauth]") {
    for (const ProviderType& row : catalogue()) {
        INFO(row.name);
        const bool generic = row.name == "oauth1" || row.name == "oauth2" || row.name == "oidc";
        CHECK(make_provider(settings_of(row.name)).has_value() == !generic);
    }
}

TEST_CASE("parameters of the block are laid over those of the row, encoded", "[oauth]") {
    CHECK(make_provider(settings_of("google"))->authorize_query ==
          "access_type=offline&prompt=consent");
    ProviderSettings settings = settings_of("google");
    settings.authorize_parameters = {{"prompt", "select account&x=1"}, {"hd", "a.example"}};
    CHECK(make_provider(std::move(settings))->authorize_query ==
          "access_type=offline&prompt=select%20account%26x%3D1&hd=a.example");
    for (const char* name : {"state", "nonce", "redirect_uri", "client_id", "scope", "request",
                             "code_challenge", "oauth_token", "", "a b", "a=b", "a&b"}) {
        INFO(name);
        CHECK_FALSE(is_free_parameter(name));
    }
    for (const char* name : {"response_type", "response_mode", "client_secret", "request_uri",
                             "code_challenge_method", "oauth_callback"}) {
        INFO(name);
        CHECK_FALSE(is_free_parameter(name));
    }
    CHECK(is_free_parameter("audience"));
    CHECK(is_free_parameter("a_b-c.d"));
    CHECK(is_free_parameter(std::string(64, 'a')));
    CHECK_FALSE(is_free_parameter(std::string(65, 'a')));
}

TEST_CASE("the operator's own account belongs to OAuth 1.0a, token and secret together",
          "[oauth]") {
    ProviderSettings settings = settings_of("twitter");
    settings.owner_token = Secret("top-secret-token");
    CHECK(mistake_of(settings).what.find("access_token_secret") != std::string_view::npos);
    settings.owner_token_secret = Secret("top-secret-secret");
    CHECK(make_provider(settings)->owner_token.reveal() == "top-secret-token");
    settings.type = "facebook";
    CHECK(mistake_of(settings).what.find("OAuth 1.0a") != std::string_view::npos);
}

TEST_CASE("an OpenID provider needs its issuer, and a scope with openid as a word", "[oauth]") {
    CHECK(mistake_of(settings_of("oidc")).what.find("issuer") != std::string_view::npos);
    ProviderSettings settings = settings_of("oidc");
    settings.issuer = "https://a.example";
    for (const char* scope : {"profile", "openid2", "xopenid profile", "profile,openid."}) {
        settings.scope = scope;
        INFO(scope);
        CHECK(mistake_of(settings).what.find("openid") != std::string_view::npos);
    }
    for (const char* scope : {"openid", "profile openid", "openid,profile", ""}) {
        settings.scope = scope;
        INFO(scope);
        CHECK(make_provider(settings).has_value());
    }
}

TEST_CASE("an unknown type is no type", "[oauth]") {
    CHECK(find_type("") == nullptr);
    CHECK(find_type("Facebook") == nullptr);
    CHECK(mistake_of(settings_of("myspace")).detail == "myspace");
}

TEST_CASE("a facebook block has the URLs of Graph's own paths", "[oauth]") {
    const auto made = make_provider(settings_of("facebook"));
    REQUIRE(made.has_value());
    CHECK(made->authorize_url == "https://www.facebook.com/v26.0/dialog/oauth");
    CHECK(made->token_url == "https://graph.facebook.com/v26.0/oauth/access_token");
    CHECK(made->long_lived_url == made->token_url);
    CHECK(made->profile_url == "https://graph.facebook.com/v26.0/me?fields=name,id");
    CHECK(made->accounts_url.starts_with("https://graph.facebook.com/v26.0/me/accounts?fields="));
    CHECK(made->revoke_url == "https://graph.facebook.com/v26.0/me/permissions");
    CHECK(made->scope == "public_profile,pages_show_list");
    CHECK(made->type->return_fragment == "#_=_");
}

TEST_CASE("api_url moves every server-to-server call, with its path prefix", "[oauth]") {
    ProviderSettings settings = settings_of("facebook");
    settings.api_url = "http://127.0.0.1:8081/fake//";
    settings.api_version = "v25.0";
    const auto made = make_provider(std::move(settings));
    REQUIRE(made.has_value());
    CHECK(made->token_url == "http://127.0.0.1:8081/fake/v25.0/oauth/access_token");
    CHECK(made->long_lived_url == made->token_url);
    CHECK(made->accounts_url.starts_with("http://127.0.0.1:8081/fake/v25.0/me/accounts?"));
    CHECK(made->authorize_url == "https://www.facebook.com/v25.0/dialog/oauth");

    ProviderSettings instagram = settings_of("instagram_login");
    instagram.api_url = "https://fake.example";
    CHECK(make_provider(std::move(instagram))->token_url ==
          "https://fake.example/oauth/access_token");
    CHECK(make_provider(settings_of("instagram_login"))->token_url ==
          "https://api.instagram.com/oauth/access_token");
}

TEST_CASE("token_url and profile_url override one call each", "[oauth]") {
    ProviderSettings settings = settings_of("facebook");
    settings.token_url = "https://token.example/t";
    settings.profile_url = "https://me.example/who?fields=id";
    const auto made = make_provider(std::move(settings));
    REQUIRE(made.has_value());
    CHECK(made->token_url == "https://token.example/t");
    CHECK(made->long_lived_url == "https://token.example/t");
    CHECK(made->profile_url == "https://me.example/who?fields=id");
    CHECK(made->revoke_url == "https://graph.facebook.com/v26.0/me/permissions");
}

TEST_CASE("scopes may be written with commas or blanks and are sent in the provider's way",
          "[oauth]") {
    ProviderSettings facebook = settings_of("facebook");
    facebook.scope = "email,  pages_show_list\tuser_link,";
    CHECK(make_provider(std::move(facebook))->scope == "email,pages_show_list,user_link");
    ProviderSettings x = settings_of("twitter_oauth2");
    x.scope = "tweet.read,users.read offline.access";
    CHECK(make_provider(std::move(x))->scope == "tweet.read users.read offline.access");
    ProviderSettings bad = settings_of("facebook");
    bad.scope = "email \"x\"";
    CHECK(mistake_of(std::move(bad)).what.find("scope") != std::string_view::npos);
}

TEST_CASE("a provider keeps its name, certificates and time-out as they were written", "[oauth]") {
    ProviderSettings settings = settings_of("facebook");
    settings.name = "my-idp_1";
    settings.ca_file = "/etc/nginx/social/ca.pem";
    settings.timeout = std::chrono::milliseconds(1234);
    const auto provider = make_provider(std::move(settings));
    REQUIRE(provider);
    CHECK(provider->name == "my-idp_1");
    CHECK(provider->ca_file == "/etc/nginx/social/ca.pem");
    CHECK(provider->timeout == std::chrono::milliseconds(1234));
}

TEST_CASE("a mistake tells a blank in a credential from a character that is not ASCII", "[oauth]") {
    ProviderSettings settings = settings_of("facebook");
    settings.client_id = "12 34";
    CHECK(mistake_of(settings).what.ends_with("needs a client_id without blanks"));
    CHECK(mistake_of(settings).detail == "12 34");
    settings.client_id = "123\xe2\x80\x8b";
    CHECK(mistake_of(settings).what.find("of ASCII characters") != std::string_view::npos);
    CHECK(mistake_of(settings).detail == "byte 4");
}

TEST_CASE("a mistake names its directive and its value", "[oauth]") {
    ProviderSettings settings = settings_of("facebook");
    settings.client_id = "";
    CHECK(mistake_of(settings).what.find("client_id") != std::string_view::npos);

    settings = settings_of("facebook");
    settings.client_secret = Secret();
    CHECK(mistake_of(settings).what.find("client_secret") != std::string_view::npos);

    settings = settings_of("facebook");
    settings.client_secret = Secret("top-secret\r\nvalue");
    CHECK(mistake_of(settings).detail.empty());

    settings = settings_of("facebook");
    settings.api_version = "26/../..";
    CHECK(mistake_of(settings).detail == "26/../..");

    settings = settings_of("facebook");
    settings.timeout = std::chrono::milliseconds(0);
    CHECK(mistake_of(settings).what.find("timeout") != std::string_view::npos);

    settings = settings_of("facebook");
    settings.name = "a/b";
    CHECK(mistake_of(settings).detail == "a/b");

    settings = settings_of("facebook");
    settings.authorize_url = "https://www.facebook.com/dialog?x=1";
    CHECK(mistake_of(settings).what.find("authorize_url") != std::string_view::npos);

    settings = settings_of("facebook");
    settings.api_url = "http://graph.facebook.com";
    CHECK(mistake_of(settings).what.find("api_url") != std::string_view::npos);

    settings = settings_of("facebook");
    settings.token_url = "https://user:top-secret@host/";
    CHECK(mistake_of(settings).what.find("token_url") != std::string_view::npos);

    settings = settings_of("oauth2");
    CHECK(mistake_of(settings).what.find("authorize_url") != std::string_view::npos);
    settings.authorize_url = "https://a.example/a";
    CHECK(mistake_of(settings).what.find("token_url") != std::string_view::npos);
    settings.token_url = "https://a.example/t";
    CHECK(mistake_of(settings).what.find("profile_url") != std::string_view::npos);
}

TEST_CASE("plain http is for this machine alone, whatever a name looks like", "[oauth]") {
    for (const char* url : {"http://localhost/", "http://LOCALHOST:1/", "http://127.0.0.1:8080/x",
                            "http://127.255.255.254", "http://[::1]:80/", "https://a.example",
                            "https://a.example:8443/p?q=1", "https://[2001:db8::1]/",
                            "https://a_b.example/", "https://[::ffff:192.0.2.1]:65535/"}) {
        INFO(url);
        CHECK(is_endpoint_url(url));
    }
    for (const char* url : {"http://127.0.0.1.evil.example/",
                            "http://127.1/",
                            "http://127.0.0.1./",
                            "http://localhost.evil.example/",
                            "http://10.0.0.1/",
                            "http://evil.example/",
                            "http://[::2]/",
                            "ftp://localhost/",
                            "//localhost/",
                            "https://",
                            "https:///path",
                            "https",
                            "https://user@host/",
                            "http://localhost@evil.example/",
                            "https://host\\evil/",
                            "https://host/a b",
                            "https://host/\r\nX: y",
                            "https://host/#f",
                            "https://host:0/",
                            "https://host:65536/",
                            "https://host:x/",
                            "https://host:/",
                            "https://[::1/",
                            "https://[::1]80/",
                            "https://[::1]x/",
                            "https://[::1]x80/",
                            "http://127.0..1/",
                            "http://127.0.0.x/",
                            "https://[zz]/",
                            "https://h\xc3\xb6st/",
                            "https://-host/",
                            "https://ho{st/",
                            "javascript:alert(1)",
                            ""}) {
        INFO(url);
        CHECK_FALSE(is_endpoint_url(url));
    }
}
