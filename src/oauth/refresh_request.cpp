#include "oauth/refresh_request.hpp"

#include <string_view>
#include <utility>

#include "base/json.hpp"
#include "oauth/form_text.hpp"
#include "oauth/retry_after.hpp"
#include "oauth/session_body.hpp"
#include "session/freshness.hpp"

namespace social::oauth {

namespace {

// "Access token errors" of the Graph API reference: the token is expired, revoked or invalid.
constexpr std::int64_t kGraphSessionEnded = 102;
constexpr std::int64_t kGraphTokenDead = 190;

bool has_refresh_token(const session::Record& record) noexcept {
    return !record.refresh_token.empty();
}

// The standard error is invalid_grant with status 400 (RFC 6749 §5.2). X sends invalid_request,
// which only error_description distinguishes from a malformed request. GitHub sends a nonstandard
// code with status 200.
bool ends_grant(const ProviderType& type, const base::HttpResponse& response) {
    const bool refused = response.status >= 400 && response.status <= 499 && response.status != 429;
    const bool told = response.status == 200 && !type.invalid_grant_error.empty();
    if (!refused && !told) {
        return false;
    }
    const Result<base::Json> body = base::Json::parse(response.body);
    if (!body) {
        return false;
    }
    const base::Json error = body->member("error");
    if (error.is_object()) {
        const std::int64_t code = error.member("code").lenient_number().value_or(0);
        return code == kGraphTokenDead || code == kGraphSessionEnded;
    }
    const std::string word = error.text().value_or("");
    const std::string text = body->member("error_description").text().value_or("");
    return word == "invalid_grant" ||
           (!type.invalid_grant_error.empty() && word == type.invalid_grant_error) ||
           (word == "invalid_request" && !type.invalid_grant_description.empty() &&
            text == type.invalid_grant_description);
}

}  // namespace

std::int64_t refresh_time(const Provider& provider, const session::Record& record) {
    const bool renewable = has_refresh_token(record) || provider.type->renewal;
    if (!renewable || provider.type->never_refreshes) {
        return 0;
    }
    return session::refresh_time({
        .issued_at = record.token_issued_at,
        .expires_at = record.token_expires_at,
        .minimum_age = has_refresh_token(record) ? 0 : provider.type->min_refresh_age,
    });
}

bool can_refresh(const Provider& provider, const session::Record& record, std::int64_t now) {
    if (provider.type->never_refreshes) {
        return false;
    }
    return has_refresh_token(record) ||
           (provider.type->renewal && session::has_valid_token(record, now));
}

base::HttpRequest refresh_request(const Provider& provider, const session::Record& record) {
    if (!has_refresh_token(record)) {
        return token_refresh_request(provider, record.access_token);
    }
    FormText form;
    form.add({"grant_type", "refresh_token"});
    form.add({"refresh_token", record.refresh_token.reveal()});
    return client_request(provider, provider.token_url, std::move(form));
}

std::expected<TokenReply, RefreshFailure> read_refresh_reply(const Provider& provider,
                                                             const base::HttpResponse& response,
                                                             std::int64_t now) {
    Result<TokenReply> tokens = read_token_reply(provider, response);
    if (tokens) {
        const Result<base::Json> body = base::Json::parse(response.body);
        if (!body || !body->member(provider.type->scope_member).present()) {
            tokens->scope.clear();
        }
        return std::move(*tokens);
    }
    RefreshFailure failure;
    failure.error = std::move(tokens.error());
    failure.error.what = "the provider did not renew a token";
    failure.is_invalid_grant = ends_grant(*provider.type, response);
    failure.retry_after = retry_after(response, now);
    failure.refresh_token = rotated_refresh_token(response);
    return std::unexpected(std::move(failure));
}

Result<void> renew(session::Record& record, const Provider& provider, const TokenReply& tokens,
                   std::int64_t now) {
    RefreshedParts parts;
    parts.token = tokens.access_token;
    parts.expires_at = tokens.lifetime == 0 ? 0 : now + tokens.lifetime;
    parts.scope = tokens.scope;
    Result<std::string> body = refreshed_body(provider.type->shape, record.body, parts);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    base::wipe(record.body);
    record.body = std::move(*body);
    record.access_token = tokens.access_token;
    if (!tokens.refresh_token.empty()) {
        record.refresh_token = tokens.refresh_token;
    }
    record.token_issued_at = now;
    record.token_expires_at = parts.expires_at;
    record.refresh_failures = 0;
    record.refresh_at = refresh_time(provider, record);
    return {};
}

}  // namespace social::oauth
