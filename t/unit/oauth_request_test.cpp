// What all requests to a provider have in common, whichever part of oauth/ builds them.
#include <chrono>
#include <vector>

#include "catch.hpp"
#include "flow_world.hpp"
#include "oauth/app_token.hpp"
#include "oauth/graph.hpp"
#include "oauth/oauth1_login.hpp"
#include "oauth/openid_metadata.hpp"
#include "oauth/refresh_request.hpp"
#include "oauth/revocation.hpp"
#include "oauth/token_reply.hpp"

using namespace social;

namespace {

oauth::Provider provider_of(std::string_view type) {
    oauth::Provider provider = test::stock_provider(type);
    provider.ca_file = "/etc/nginx/social/ca.pem";
    provider.timeout = std::chrono::milliseconds(1234);
    return provider;
}

// Every request that a provider of OAuth 2.0 may get.
std::vector<base::HttpRequest> requests_of(const oauth::Provider& provider) {
    const base::Secret token("token");
    session::Login login;
    login.callback_url = "https://gateway.example/p/callback";
    session::Record record;
    record.access_token = token;
    std::vector<base::HttpRequest> all{
        oauth::code_request(provider, login, token), oauth::app_token_request(provider),
        oauth::api_request(provider, oauth::ApiCall("GET", "https://api.example/me"), token,
                           test::kNow)};
    if (provider.type->long_lived) {
        all.push_back(oauth::token_swap_request(provider, token));
    }
    if (provider.type->renewal) {
        all.push_back(oauth::token_refresh_request(provider, token));
    }
    record.refresh_token = token;
    all.push_back(oauth::refresh_request(provider, record));
    for (base::HttpRequest& each : oauth::revocation_requests(provider, record, test::kNow)) {
        all.push_back(std::move(each));
    }
    return all;
}

}  // namespace

TEST_CASE("every request carries the certificates and the time-out of its provider", "[oauth]") {
    std::vector<base::HttpRequest> all;
    for (const std::string_view type :
         {"facebook", "instagram", "instagram_login", "twitter_oauth2", "github", "google"}) {
        for (base::HttpRequest& each : requests_of(provider_of(type))) {
            all.push_back(std::move(each));
        }
    }
    const oauth::Provider google = provider_of("google");
    all.push_back(oauth::metadata_request(google));
    oauth::OpenidMetadata metadata;
    metadata.jwks_url = "https://www.googleapis.com/oauth2/v3/certs";
    all.push_back(oauth::jwks_request(google, metadata));

    const oauth::Provider x = provider_of("twitter");
    session::Login login;
    login.callback_url = "https://gateway.example/twitter/callback";
    const oauth::Oauth1Stamp stamp = oauth::make_stamp(test::kNow);
    all.push_back(oauth::request_token_request(x, login, stamp).value());
    login.request_token = base::Secret("token");
    login.request_secret = base::Secret("secret");
    all.push_back(oauth::access_token_request(x, login, base::Secret("verifier"), stamp).value());
    session::Record record;
    record.access_token = base::Secret("token");
    record.token_secret = base::Secret("secret");
    for (base::HttpRequest& each : oauth::revocation_requests(x, record, test::kNow)) {
        all.push_back(std::move(each));
    }

    CHECK(all.size() > 30);
    for (const base::HttpRequest& request : all) {
        INFO(request.method << " " << request.url);
        CHECK(request.ca_file == "/etc/nginx/social/ca.pem");
        CHECK(request.timeout == std::chrono::milliseconds(1234));
    }
}
