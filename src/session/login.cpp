#include "session/login.hpp"

#include "base/base64.hpp"
#include "crypto/seal.hpp"
#include "session/fields.hpp"

namespace social::session {
namespace {

// Increase it when the fields change. A cookie of another version is ignored, and its login starts
// over.
constexpr std::uint8_t kVersion = 1;

// Returns nullopt if the fields are not those of StateCipher.
std::optional<Login> read_login(std::string_view id, FieldReader& fields) {
    const std::string_view nonce = fields.text();
    std::optional<Login> login(std::in_place);
    login->provider = fields.text();
    login->site = fields.text();
    login->return_to = fields.text();
    login->callback_url = fields.text();
    const std::string_view code_verifier = fields.text();
    login->request_token = base::Secret(fields.text());
    login->request_secret = base::Secret(fields.text());
    login->oidc_nonce = fields.text();
    login->started_at = fields.time();
    if (!fields.finished() || id.size() > kStatePart || nonce.size() > kStatePart ||
        code_verifier.size() > kCodeVerifier) {
        return std::nullopt;
    }
    login->id = id;
    login->nonce = nonce;
    login->code_verifier = CodeVerifier(code_verifier);
    return login;
}

}  // namespace

std::string AuthorizationState::state() const {
    std::string text(id);
    text += '.';
    text += nonce;
    return text;
}

StateCipher::StateCipher(const AuthorizationContext& context) {
    FieldWriter fields(64 + context.return_to.size() + context.callback_url.size());
    fields.text(context.provider);
    fields.text(context.site);
    fields.text(context.return_to);
    fields.text(context.callback_url);
    context_ = fields.take();
}

void StateCipher::append(std::string& out, const AuthorizationState& login,
                         const crypto::Keyring& keyring) const {
    // Reuses one buffer per thread. After sealing it holds ciphertext only.
    thread_local std::string memory;
    FieldWriter fields(512 + context_.size(), crypto::kSealFront, std::move(memory));
    fields.number(kVersion);
    fields.text(login.nonce);
    fields.raw(context_);
    fields.text(login.code_verifier.reveal());
    fields.text(login.request_token.reveal());
    fields.text(login.request_secret.reveal());
    fields.text(login.oidc_nonce);
    fields.time(login.started_at);
    std::string sealed = fields.take();
    crypto::seal(keyring, crypto::Purpose::login_cookie, login.id, sealed);
    base::append_base64url(out, sealed);
    memory = std::move(sealed);
}

std::optional<Login> open_login(std::string_view id, std::string_view cookie,
                                const crypto::Keyring& keyring) {
    const auto sealed = base::base64url_decode(cookie);
    if (!sealed) {
        return std::nullopt;
    }
    auto opened = crypto::open(keyring, crypto::Purpose::login_cookie, id, *sealed);
    if (!opened) {
        return std::nullopt;
    }
    FieldReader fields(opened->plain);
    std::optional<Login> login;
    if (fields.number<std::uint8_t>() == kVersion) {
        login = read_login(id, fields);
    }
    base::wipe(opened->plain);
    return login;
}

bool expired(const Login& login, std::int64_t now) noexcept {
    if (now < login.started_at) {
        return true;
    }
    // Unsigned: the difference of two 64-bit times may overflow.
    const auto age = static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(login.started_at);
    return age >= static_cast<std::uint64_t>(kLoginLifetime);
}

std::optional<State> parse_state(std::string_view state) {
    if (state.size() != 2 * kStatePart + 1 || state[kStatePart] != '.') {
        return std::nullopt;
    }
    const State parts{.id = state.substr(0, kStatePart), .nonce = state.substr(kStatePart + 1)};
    if (!base::is_base64url_alphabet(parts.id) || !base::is_base64url_alphabet(parts.nonce)) {
        return std::nullopt;
    }
    return parts;
}

}  // namespace social::session
