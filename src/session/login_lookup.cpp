#include "session/login_lookup.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "base/secret.hpp"

namespace social::session {

namespace {

constexpr std::string_view kSecurePrefix = "__Host-social_login_";
constexpr std::string_view kPlainPrefix = "social_login_";
constexpr std::string_view kUnknownLogin =
    "This login was not begun in this browser, or is too old";

std::unexpected<Error> bad_callback(std::string detail) {
    return fail(Kind::bad_callback, kUnknownLogin, std::move(detail));
}

bool is_secure(const Login& login) noexcept {
    return login.callback_url.starts_with("https:");
}

std::string_view prefix_for(bool secure) noexcept {
    return secure ? kSecurePrefix : kPlainPrefix;
}

constexpr std::int64_t kUnusable = std::numeric_limits<std::int64_t>::min();  // before all times

struct HeldCookie {
    base::Cookie cookie;
    std::int64_t started_at = 0;  // Unix seconds, or kUnusable
};

HeldCookie held(const base::Cookie& cookie, const CookieKind& kind, std::int64_t now) {
    const std::string_view id = cookie.name.substr(prefix_for(kind.secure).size());
    const std::optional<Login> login = open_login(id, cookie.value, kind.keyring);
    const bool usable = login && !expired(*login, now) && is_secure(*login) == kind.secure;
    return {.cookie = cookie, .started_at = usable ? login->started_at : kUnusable};
}

std::size_t size_of(const HeldCookie& held) noexcept {
    return held.cookie.name.size() + held.cookie.value.size();
}

}  // namespace

Result<Login> find_login(const LoginLookup& lookup, const base::Cookies& cookies,
                         const crypto::Keyring& keyring) {
    const std::optional<State> state = parse_state(lookup.state);
    if (!state) {
        return bad_callback("state is missing or malformed");
    }
    const base::Found cookie = cookies.find(cookie_name(state->id, lookup.secure));
    if (!cookie.once()) {
        const bool absent = cookie.occurrence == base::Occurrence::absent;
        return bad_callback(absent ? "the login's cookie is missing"
                                   : "the login's cookie is repeated");
    }
    std::optional<Login> login = open_login(state->id, cookie.value, keyring);
    if (!login) {
        return bad_callback("the login's cookie does not open");
    }
    // A server on plain http may share the keyring. Its cookies lack the protection of __Host-.
    if (is_secure(*login) != lookup.secure) {
        return bad_callback("the login was begun at a public URL of another scheme");
    }
    if (!base::equal_in_constant_time(login->nonce, state->nonce)) {
        return bad_callback("state is not that of the login");
    }
    if (login->provider != lookup.provider) {
        return bad_callback("the login was begun at another provider");
    }
    if (expired(*login, lookup.now)) {
        return bad_callback("the login is expired");
    }
    return std::move(*login);
}

std::string cookie_name(std::string_view login_id, bool secure) {
    std::string name(prefix_for(secure));
    name += login_id;
    return name;
}

std::string login_cookie(const StateCipher& sealer, const AuthorizationState& login,
                         const CookieKind& kind) {
    constexpr std::size_t kUsualCookie = 768;  // bytes
    std::string cookie;
    cookie.reserve(kUsualCookie);
    cookie += prefix_for(kind.secure);
    cookie += login.id;
    cookie += '=';
    sealer.append(cookie, login, kind.keyring);
    cookie += "; Path=/; Max-Age=600; HttpOnly; SameSite=Lax";
    static_assert(kLoginLifetime == 600);
    cookie += kind.secure ? "; Secure" : "";
    return cookie;
}

std::string clear_cookie(std::string_view name, bool secure) {
    return std::string(name) + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax" +
           (secure ? "; Secure" : "");
}

std::vector<std::string> stale_login_cookies(const base::Cookies& cookies, const CookieKind& kind,
                                             std::int64_t now) {
    std::vector<HeldCookie> all;
    for (const base::Cookie& cookie : cookies.with_prefix(prefix_for(kind.secure))) {
        all.push_back(held(cookie, kind, now));
    }
    for (const base::Cookie& cookie : cookies.with_prefix(prefix_for(!kind.secure))) {
        all.push_back({.cookie = cookie, .started_at = kUnusable});
    }
    std::ranges::sort(all, std::ranges::greater(), &HeldCookie::started_at);

    constexpr std::size_t kRoom = kMaxLoginCookieBytes - kReservedLoginCookieBytes;
    std::vector<std::string> stale;
    std::size_t kept = 0;
    std::size_t bytes = 0;
    for (const HeldCookie& candidate : all) {
        bytes += size_of(candidate);
        if (stale.empty() && kept + 1 < kMaxLoginCookies && bytes <= kRoom) {
            ++kept;
        } else if (std::ranges::find(stale, candidate.cookie.name) == stale.end()) {
            stale.emplace_back(candidate.cookie.name);
        }
    }
    return stale;
}

}  // namespace social::session
