#include "session/login.hpp"

#include "base/base64.hpp"
#include "crypto/seal.hpp"
#include "session/fields.hpp"

namespace social::session {
namespace {

// Grows when the fields below change: a cookie of an older gateway is then no
// cookie, and its login starts over.
constexpr std::uint8_t kVersion = 1;

constexpr std::size_t kStatePart = 22;  // 128 bits in base64url

}  // namespace

void append_sealed(std::string& out, const Login& login, const crypto::Keyring& keyring) {
    FieldWriter fields(512 + login.return_to.size() + login.callback_url.size(),
                       crypto::kSealFront);
    fields.number(kVersion);
    fields.text(login.nonce);
    fields.text(login.provider);
    fields.text(login.site);
    fields.text(login.return_to);
    fields.text(login.callback_url);
    fields.text(login.code_verifier.reveal());
    fields.text(login.request_token.reveal());
    fields.text(login.request_secret.reveal());
    fields.text(login.oidc_nonce);
    fields.time(login.started_at);
    std::string sealed = fields.take();
    crypto::seal(keyring, crypto::Purpose::login_cookie, login.id, sealed);
    base::append_base64url(out, sealed);
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
    const auto version = fields.number<std::uint8_t>();
    // Initializers run in the order in which they stand, which is that of the fields.
    std::optional<Login> login = Login{
        .id = std::string(id),
        .nonce = std::string(fields.text()),
        .provider = std::string(fields.text()),
        .site = std::string(fields.text()),
        .return_to = std::string(fields.text()),
        .callback_url = std::string(fields.text()),
        .code_verifier = base::Secret(fields.text()),
        .request_token = base::Secret(fields.text()),
        .request_secret = base::Secret(fields.text()),
        .oidc_nonce = std::string(fields.text()),
        .started_at = fields.time(),
    };
    if (version != kVersion || !fields.finished()) {
        login.reset();
    }
    base::wipe(opened->plain);
    return login;
}

bool expired(const Login& login, std::int64_t now) noexcept {
    if (now < login.started_at) {
        return true;
    }
    // Unsigned, since the distance of two 64-bit times may not fit in one.
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
