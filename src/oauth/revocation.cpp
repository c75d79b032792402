#include "oauth/revocation.hpp"

#include <utility>

#include "base/json.hpp"
#include "oauth/form_text.hpp"
#include "oauth/graph.hpp"
#include "oauth/oauth1_login.hpp"
#include "oauth/provider_error.hpp"
#include "oauth/token_reply.hpp"

namespace social::oauth {

namespace {

constexpr std::string_view kStep = "the provider did not take the tokens back";

struct RevokedToken {
    const base::Secret& token;
    std::string_view hint;  // RFC 7009 §2.1
};

base::HttpRequest token_revocation(const Provider& provider, const RevokedToken& revoked) {
    FormText form;
    form.add({"token", revoked.token.reveal()});
    form.add({"token_type_hint", revoked.hint});
    return client_request(provider, provider.revoke_url, std::move(form));
}

base::HttpRequest access_revocation(const Provider& provider, const base::Secret& token) {
    FormText form;
    form.add({"token", token.reveal()});
    return client_request(provider, provider.revoke_url, std::move(form));
}

base::HttpRequest token_deletion(const Provider& provider, const base::Secret& token) {
    base::Json body = base::Json::object();
    body.set("access_token", base::Json::string(token.reveal()));
    base::HttpRequest request("DELETE", provider.revoke_url);
    request.body = body.dump();
    request.headers.push_back({"Authorization", basic_credentials(provider)});
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"Accept", "application/json"});
    request.ca_file = provider.ca_file;
    request.timeout = provider.timeout;
    return request;
}

// OAuth 1.0a: the request is signed with the token to invalidate.
void add_invalidation(std::vector<base::HttpRequest>& requests, const Provider& provider,
                      const session::Record& record, std::int64_t now) {
    Oauth1Token token;
    token.token = record.access_token;
    token.secret = record.token_secret;
    Result<base::HttpRequest> request =
        signed_request(provider, ApiCall("POST", provider.revoke_url), token, make_stamp(now));
    if (request) {
        requests.push_back(std::move(*request));
    }
}

}  // namespace

std::vector<base::HttpRequest> revocation_requests(const Provider& provider,
                                                   const session::Record& record,
                                                   std::int64_t now) {
    std::vector<base::HttpRequest> requests;
    if (provider.revoke_url.empty()) {
        return requests;
    }
    switch (provider.type->revocation) {
        case Revocation::grant_deletion: {
            const ApiCall call("DELETE", provider.revoke_url);
            requests.push_back(api_request(provider, call, record.access_token, now));
            break;
        }
        case Revocation::token_revocation:
            // A provider need not revoke the other token along with the first (RFC 7009 §2.1).
            if (!record.refresh_token.empty()) {
                requests.push_back(
                    token_revocation(provider, {record.refresh_token, "refresh_token"}));
            }
            requests.push_back(token_revocation(provider, {record.access_token, "access_token"}));
            break;
        case Revocation::access_revocation:
            requests.push_back(access_revocation(provider, record.access_token));
            break;
        case Revocation::token_deletion:
            requests.push_back(token_deletion(provider, record.access_token));
            break;
        case Revocation::oauth1_invalidation:
            add_invalidation(requests, provider, record, now);
            break;
        case Revocation::none:
            break;
    }
    return requests;
}

Result<void> read_revocation(const base::HttpResponse& response) {
    const Result<base::Json> body = base::Json::parse(response.body);
    if (body && body->member("error").text() == "invalid_token") {
        return {};
    }
    const bool refused = body && (has_error(*body) || body->member("success").boolean() == false);
    if ((response.status != 200 && response.status != 204) || refused) {
        return std::unexpected(provider_error(response, kStep));
    }
    return {};
}

}  // namespace social::oauth
