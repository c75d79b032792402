#include "oauth/app_token.hpp"

#include <utility>

#include "crypto/digest.hpp"
#include "crypto/seal.hpp"
#include "oauth/form_text.hpp"
#include "oauth/token_reply.hpp"
#include "session/fields.hpp"
#include "session/freshness.hpp"

namespace social::oauth {

namespace {

constexpr std::uint8_t kVersion = 1;
// For a token without expires_in: it is fetched again after this time.
constexpr std::int64_t kUsualLife = 7 * 24 * 60 * 60;  // seconds

}  // namespace

session::StoreKey app_token_key(const Provider& provider) {
    std::string text = "app token";
    text += '\0';
    text += provider.name;
    text += '\0';
    text += provider.client_id;
    return crypto::sha256(text);
}

std::string seal_app_token(const AppToken& token, const session::StoreKey& key,
                           const crypto::Keyring& keyring) {
    session::FieldWriter fields(64 + token.token.reveal().size(), crypto::kSealFront);
    fields.number(kVersion);
    fields.text(token.token.reveal());
    fields.time(token.refresh_at);
    fields.time(token.ends_at);
    fields.time(token.trusted_until);
    fields.time(token.retry_at);
    fields.number(token.failures);
    std::string bytes = fields.take();
    crypto::seal(keyring, crypto::Purpose::app_token, crypto::as_text(key), bytes);
    return bytes;
}

std::optional<AppToken> open_app_token(std::string_view sealed, const session::StoreKey& key,
                                       const crypto::Keyring& keyring) {
    auto opened = crypto::open(keyring, crypto::Purpose::app_token, crypto::as_text(key), sealed);
    if (!opened) {
        return std::nullopt;
    }
    session::FieldReader fields(opened->plain);
    const auto version = fields.number<std::uint8_t>();
    // Braced initializers are evaluated in order, so the reads follow the order of the fields.
    std::optional<AppToken> token = AppToken{
        .token = base::Secret(fields.text()),
        .refresh_at = fields.time(),
        .ends_at = fields.time(),
        .trusted_until = fields.time(),
        .retry_at = fields.time(),
        .failures = fields.number<std::uint32_t>(),
    };
    if (version != kVersion || !fields.finished()) {
        token.reset();
    }
    base::wipe(opened->plain);
    return token;
}

base::HttpRequest app_token_request(const Provider& provider) {
    FormText form;
    form.add({"grant_type", "client_credentials"});
    return client_request(provider, provider.app_token_url, std::move(form));
}

Result<AppToken> read_app_token(const Provider& provider, const base::HttpResponse& response,
                                std::int64_t now) {
    Result<TokenReply> reply = read_token_reply(provider, response);
    if (!reply) {
        reply.error().what = "the provider gave no token to the application";
        return std::unexpected(std::move(reply.error()));
    }
    AppToken token;
    token.token = std::move(reply->access_token);
    const std::int64_t life = reply->lifetime == 0 ? kUsualLife : reply->lifetime;
    token.ends_at = now + life;
    token.refresh_at = session::refresh_time({.issued_at = now, .expires_at = token.ends_at});
    return token;
}

}  // namespace social::oauth
