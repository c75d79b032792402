// The login cookie and `state` of a callback. Lines of the input: provider, site, redirectUrl,
// callback URL, age of the login in seconds. The rest is an untrusted Cookie header, to which the
// login's cookie is added. The login is found unchanged or not at all.
#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "session/login.hpp"
#include "session/login_lookup.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;

session::Login take_login(std::string_view& rest) {
    session::Login login;
    login.provider = take_line(rest);
    login.site = take_line(rest);
    login.return_to = take_line(rest);
    login.callback_url = take_line(rest);
    login.started_at = kNow - take_number(rest) % 2000;
    login.id = std::string(session::kStatePart, 'i');
    login.nonce = std::string(session::kStatePart, 'n');
    login.code_verifier = session::CodeVerifier(std::string_view(login.return_to).substr(0, 44));
    login.request_token = base::Secret(login.site);
    login.request_secret = base::Secret(login.provider);
    login.oidc_nonce = login.callback_url;
    return login;
}

bool same(const session::Login& a, const session::Login& b) {
    return a.provider == b.provider && a.site == b.site && a.return_to == b.return_to &&
           a.callback_url == b.callback_url && a.id == b.id && a.nonce == b.nonce &&
           a.code_verifier.reveal() == b.code_verifier.reveal() &&
           a.request_token.reveal() == b.request_token.reveal() &&
           a.request_secret.reveal() == b.request_secret.reveal() && a.oidc_nonce == b.oidc_nonce &&
           a.started_at == b.started_at;
}

void check_value(const session::Login& login, std::string value) {
    const auto opened = session::open_login(login.id, value, keyring());
    require(opened && same(*opened, login));
    const std::string other(session::kStatePart, 'o');
    require(!session::open_login(other, value, keyring()));
    for (char& c : value) {
        const char before = c;
        c = c == 'A' ? 'B' : 'A';
        require(!session::open_login(login.id, value, keyring()));
        c = before;
        if (&c - value.data() > 64) {
            break;
        }
    }
}

// One name is looked up, that of the public URL's scheme.
void check_lookup(const session::Login& login, std::string_view untrusted,
                  const std::string& pair) {
    base::Cookies cookies(untrusted);
    cookies.add(pair);
    const std::string state = login.state();
    const bool https = login.callback_url.starts_with("https:");
    for (const bool secure : {true, false}) {
        const auto found = session::find_login(
            {.state = state, .provider = login.provider, .now = kNow, .secure = secure}, cookies,
            keyring());
        const bool fits = pair.starts_with("__Host-") == secure && https == secure &&
                          !session::expired(login, kNow);
        const bool alone = base::Cookies(untrusted).size() == 0;
        require(!found || (fits && same(*found, login)));
        require(found || found.error().kind == Kind::bad_callback);
        require(found || !fits || !alone);
        require(login.provider == "another" ||
                !session::find_login(
                    {.state = state, .provider = "another", .now = kNow, .secure = secure}, cookies,
                    keyring()));
    }
}

// The names to delete are distinct names of login cookies. The others are within the bounds.
void check_stale(const base::Cookies& cookies, const session::CookieKind& kind) {
    const auto stale = session::stale_login_cookies(cookies, kind, kNow);
    std::size_t kept = 0;
    std::size_t bytes = 0;
    for (const std::string_view prefix : {"__Host-social_login_", "social_login_"}) {
        for (const base::Cookie& cookie : cookies.with_prefix(prefix)) {
            const auto count = std::ranges::count(stale, cookie.name);
            require(count <= 1);
            kept += count == 0 ? 1 : 0;
            bytes += count == 0 ? cookie.name.size() + cookie.value.size() : 0;
        }
    }
    require(kept < session::kMaxLoginCookies);
    require(bytes <= session::kMaxLoginCookieBytes - session::kReservedLoginCookieBytes);
    for (const std::string& name : stale) {
        require(name.starts_with("__Host-social_login_") || name.starts_with("social_login_"));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = text_of(data, size);
    const base::Cookies raw(rest);
    require(!session::open_login("i", rest, keyring()));
    const auto state = session::parse_state(rest);
    require(!state || rest == std::string(state->id) + "." + std::string(state->nonce));

    const session::Login login = take_login(rest);
    for (const bool secure : {true, false}) {
        const std::string set = session::login_cookie(session::StateCipher(login), login,
                                                      {.keyring = keyring(), .secure = secure});
        const std::string pair = set.substr(0, set.find(';'));
        require(pair.starts_with(session::cookie_name(login.id, secure) + "="));
        if (secure) {
            check_value(login, pair.substr(pair.find('=') + 1));
        }
        check_lookup(login, rest, pair);

        base::Cookies cookies(rest);
        cookies.add(pair);
        check_stale(cookies, {.keyring = keyring(), .secure = secure});
    }
    return 0;
}
