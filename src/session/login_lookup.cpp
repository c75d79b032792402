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
constexpr std::string_view kForeign = "This login was not begun in this browser, or is too old";

std::unexpected<Error> refuse(std::string detail) {
    return fail(Kind::bad_callback, kForeign, std::move(detail));
}

bool is_secure(const Login& login) noexcept {
    return login.callback_url.starts_with("https:");
}

struct HeldCookie {
    base::Cookie cookie;
    std::int64_t started_at = 0;  // of no use any more: the oldest of all
};

HeldCookie held(const base::Cookie& cookie, std::string_view prefix, const crypto::Keyring& keyring,
                std::int64_t now) {
    const std::string_view id = cookie.name.substr(prefix.size());
    const std::optional<Login> login = open_login(id, cookie.value, keyring);
    const bool useful = login && !expired(*login, now);
    return {.cookie = cookie,
            .started_at = useful ? login->started_at : std::numeric_limits<std::int64_t>::min()};
}

std::size_t size_of(const HeldCookie& held) noexcept {
    return held.cookie.name.size() + held.cookie.value.size();
}

}  // namespace

Result<Login> find_login(const LoginLookup& lookup, const base::Cookies& cookies,
                         const crypto::Keyring& keyring) {
    const std::optional<State> state = parse_state(lookup.state);
    if (!state) {
        return refuse("state is missing or malformed");
    }
    bool secure = true;
    base::Found cookie = cookies.find(cookie_name(state->id, secure));
    if (cookie.occurrence == base::Occurrence::absent) {
        secure = false;
        cookie = cookies.find(cookie_name(state->id, secure));
    }
    if (!cookie.once()) {
        const bool absent = cookie.occurrence == base::Occurrence::absent;
        return refuse(absent ? "the login's cookie is missing" : "the login's cookie is repeated");
    }
    std::optional<Login> login = open_login(state->id, cookie.value, keyring);
    if (!login) {
        return refuse("the login's cookie does not open");
    }
    // Without its prefix, the cookie of an https login may come from a sibling host.
    if (is_secure(*login) != secure) {
        return refuse("the login's cookie has the wrong prefix");
    }
    if (!base::equal_in_constant_time(login->nonce, state->nonce)) {
        return refuse("state is not that of the login");
    }
    if (login->provider != lookup.provider) {
        return refuse("the login was begun at another provider");
    }
    if (expired(*login, lookup.now)) {
        return refuse("the login is expired");
    }
    return std::move(*login);
}

std::string cookie_name(std::string_view login_id, bool secure) {
    std::string name(secure ? kSecurePrefix : kPlainPrefix);
    name += login_id;
    return name;
}

std::string login_cookie(const LoginSealer& sealer, const LoginSecrets& login,
                         const CookieKind& kind) {
    constexpr std::size_t kUsualCookie = 768;  // bytes
    std::string cookie;
    cookie.reserve(kUsualCookie);
    cookie += kind.secure ? kSecurePrefix : kPlainPrefix;
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

std::vector<std::string> stale_login_cookies(const base::Cookies& cookies,
                                             const crypto::Keyring& keyring, std::int64_t now) {
    std::vector<HeldCookie> all;
    for (const std::string_view prefix : {kSecurePrefix, kPlainPrefix}) {
        for (const base::Cookie& cookie : cookies.with_prefix(prefix)) {
            all.push_back(held(cookie, prefix, keyring, now));
        }
    }
    std::ranges::sort(all, std::ranges::greater(), &HeldCookie::started_at);

    constexpr std::size_t kRoom = kMaxLoginCookieBytes - kLongestLoginCookie;
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
