// The answer of a token endpoint, for every type of the catalogue: a first line with the type,
// then the answer. An accepted token makes requests that can be sent, and survives a refresh and
// the store.
#include <algorithm>
#include <string>

#include "base/utf8.hpp"
#include "oauth/app_token.hpp"
#include "oauth/graph.hpp"
#include "oauth/refresh_request.hpp"
#include "oauth/revocation.hpp"
#include "oauth/session_body.hpp"
#include "oauth/token_reply.hpp"
#include "providers.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

bool is_token(std::string_view text) {
    return text.size() <= oauth::kMaxToken && std::ranges::all_of(text, base::is_visible);
}

void check_tokens(const oauth::TokenReply& tokens) {
    require(!tokens.access_token.empty() && is_token(tokens.access_token.reveal()));
    require(is_token(tokens.refresh_token.reveal()));
    require(tokens.lifetime >= 0 && tokens.lifetime <= oauth::kMaxLifetime);
    require(base::is_utf8(tokens.scope) && tokens.scope.size() <= 4096);
    require(std::ranges::none_of(tokens.scope, base::is_control));
}

session::Record record_of(const oauth::Provider& provider, const oauth::TokenReply& tokens) {
    session::Record record;
    record.provider = provider.name;
    record.site = "169";
    record.access_token = tokens.access_token;
    record.refresh_token = tokens.refresh_token;
    record.token_secret = base::Secret("secret");
    record.token_issued_at = kNow;
    record.token_expires_at = tokens.lifetime == 0 ? 0 : kNow + tokens.lifetime;
    record.refresh_at = oauth::refresh_time(provider, record);
    oauth::SessionParts parts;
    parts.profile = base::Json::object();
    parts.token = tokens.access_token;
    parts.expires_at = record.token_expires_at;
    parts.scope = tokens.scope;
    record.body = oauth::session_body(provider.type->shape, parts).value();
    return record;
}

void check_requests(const oauth::Provider& provider, const session::Record& record) {
    if (!provider.profile_url.empty()) {
        check_request(oauth::api_request(provider, oauth::ApiCall("GET", provider.profile_url),
                                         record.access_token, kNow));
    }
    for (const base::HttpRequest& request : oauth::revocation_requests(provider, record, kNow)) {
        check_request(request);
    }
    if (provider.type->long_lived) {
        check_request(oauth::token_swap_request(provider, record.access_token));
    }
    if (oauth::can_refresh(provider, record, kNow)) {
        check_request(oauth::refresh_request(provider, record));
    }
}

void check_renewal(const oauth::Provider& provider, session::Record record,
                   const base::HttpResponse& response) {
    const auto renewed = oauth::read_refresh_reply(provider, response, kNow);
    if (!renewed) {
        check_error(renewed.error().error);
        require(renewed.error().retry_after >= 0 && renewed.error().retry_after <= 86400);
        return;
    }
    const std::string refresh_token(record.refresh_token.reveal());
    require(oauth::renew(record, provider, *renewed, kNow).has_value());
    require(record.access_token.reveal() == renewed->access_token.reveal());
    // RFC 6749 §6: a refresh token that is not replaced stays good.
    require(record.refresh_token.reveal() == (renewed->refresh_token.empty()
                                                  ? std::string_view(refresh_token)
                                                  : renewed->refresh_token.reveal()));
    require(record.refresh_at == 0 ||
            (record.refresh_at >= kNow && record.refresh_at <= record.token_expires_at));
    require(base::Json::parse(record.body).has_value());
}

void check_app_token(const oauth::Provider& provider, const base::HttpResponse& response) {
    const auto token = oauth::read_app_token(provider, response, kNow);
    if (!token) {
        check_error(token.error());
        return;
    }
    require(token->ends_at > kNow && token->refresh_at <= token->ends_at);
    const session::StoreKey key = oauth::app_token_key(provider);
    const auto opened =
        oauth::open_app_token(oauth::seal_app_token(*token, key, keyring()), key, keyring());
    require(opened && opened->token.reveal() == token->token.reveal() &&
            opened->ends_at == token->ends_at && opened->refresh_at == token->refresh_at);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = text_of(data, size);
    const oauth::Provider& provider = take_provider(rest);
    const base::HttpResponse response = take_response(rest);

    const auto tokens = oauth::read_token_reply(provider, response);
    if (tokens) {
        require(response.status >= 200 && response.status <= 299);
        check_tokens(*tokens);
        const session::Record record = record_of(provider, *tokens);
        check_requests(provider, record);
        check_renewal(provider, record, response);
    } else {
        check_error(tokens.error());
    }
    check_app_token(provider, response);
    return 0;
}
