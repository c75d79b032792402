#include "session/login_lookup.hpp"

#include <algorithm>
#include <string>
#include "catch.hpp"

using namespace social;
using session::Login;

namespace {

constexpr std::int64_t kNow = 1700000000;

crypto::Keyring ring(std::uint8_t byte = 7) {
    crypto::KeyBytes bytes{};
    bytes.fill(byte);
    return crypto::Keyring(bytes);
}

std::string id_of(char letter) {
    return std::string(22, letter);
}

Login login(char letter = 'A', bool secure = true, std::int64_t started_at = kNow) {
    Login begun;
    begun.id = id_of(letter);
    begun.nonce = std::string(22, 'n');
    begun.provider = "facebook";
    begun.site = "169";
    begun.return_to = "https://mysite.example/app";
    begun.callback_url =
        std::string(secure ? "https" : "http") + "://gateway.example/facebook/callback";
    begun.started_at = started_at;
    return begun;
}

std::string cookie_of(const Login& begun, bool secure) {
    return session::login_cookie(session::StateCipher(begun), begun,
                                 {.keyring = ring(), .secure = secure});
}

// Returns the cookie as a browser sends it: "name=value".
std::string sent(const Login& begun, bool secure = true) {
    const std::string set = cookie_of(begun, secure);
    return set.substr(0, set.find(';'));
}

Result<Login> lookup(const std::string& cookies, const std::string& state,
                     std::string_view provider = "facebook", std::int64_t now = kNow) {
    return session::find_login({.state = state, .provider = provider, .now = now, .secure = true},
                               base::Cookies(cookies), ring());
}

Result<Login> lookup_on_http(const std::string& cookies, const std::string& state) {
    return session::find_login(
        {.state = state, .provider = "facebook", .now = kNow, .secure = false},
        base::Cookies(cookies), ring());
}

std::string refusal(const Result<Login>& result) {
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().kind == Kind::bad_callback);
    return result.error().detail;
}

std::vector<std::string> stale(const std::string& cookies, std::int64_t now = kNow,
                               bool secure = true) {
    const crypto::Keyring keys = ring();
    return session::stale_login_cookies(base::Cookies(cookies), {.keyring = keys, .secure = secure},
                                        now);
}

}  // namespace

TEST_CASE("a login is found by state among other cookies", "[session]") {
    const Login begun = login();
    const auto found = lookup("a=b; " + sent(login('B')) + "; " + sent(begun), begun.state());
    REQUIRE(found.has_value());
    CHECK(found->id == begun.id);
    CHECK(found->return_to == begun.return_to);
    CHECK(lookup_on_http(sent(login('A', false), false), begun.state()).has_value());
}

TEST_CASE("a state that is missing, truncated, extended or has invalid characters is refused",
          "[session]") {
    const Login begun = login();
    const std::string good = begun.state();
    for (const std::string& state :
         {std::string(), std::string("."), good.substr(1), good + "A",
          good + std::string(70000, 'x'), std::string("*") + good.substr(1),
          good.substr(0, 22) + ":" + good.substr(23), good.substr(0, 44) + " ",
          std::string(45, '\0')}) {
        CHECK(refusal(lookup(sent(begun), state)).find("state") != std::string::npos);
    }
}

TEST_CASE("a state with one character changed matches no login", "[session]") {
    const Login begun = login();
    std::string other_nonce = begun.state();
    other_nonce.back() = 'm';
    CHECK(refusal(lookup(sent(begun), other_nonce)) == "state is not that of the login");
    std::string other_id = begun.state();
    other_id.front() = 'B';
    CHECK(refusal(lookup(sent(begun), other_id)) == "the login's cookie is missing");
}

TEST_CASE("a login is not found in another browser", "[session]") {
    CHECK(refusal(lookup("", login().state())) == "the login's cookie is missing");
    CHECK(refusal(lookup(sent(login('B')), login().state())) == "the login's cookie is missing");
}

TEST_CASE("two login cookies of one name are refused, since one may be injected", "[session]") {
    const Login begun = login();
    CHECK(refusal(lookup(sent(begun) + "; " + sent(begun), begun.state())) ==
          "the login's cookie is repeated");
}

TEST_CASE("a login is looked up only under the cookie name of the public URL's scheme",
          "[session]") {
    const Login begun = login();
    const Login plain = login('A', false);
    const std::string prefix = "__Host-";
    const std::string missing = "the login's cookie is missing";
    CHECK(refusal(lookup(sent(begun).substr(prefix.size()), begun.state())) == missing);
    CHECK(refusal(lookup(sent(plain, false), plain.state())) == missing);
    CHECK(refusal(lookup_on_http(prefix + sent(plain, false), plain.state())) == missing);
    CHECK(refusal(lookup_on_http(sent(begun), begun.state())) == missing);
}

TEST_CASE("a login of a plain http server does not complete at an https server, under either name",
          "[session]") {
    const Login plain = login('A', false);
    CHECK(refusal(lookup("__Host-" + sent(plain, false), plain.state())) ==
          "the login was begun at a public URL of another scheme");
    const Login begun = login();
    CHECK(refusal(lookup_on_http(sent(begun).substr(7), begun.state())) ==
          "the login was begun at a public URL of another scheme");
}

TEST_CASE("cookies of a plain http server do not evict logins of an https server", "[session]") {
    std::string cookies;
    for (const char letter : {'D', 'E', 'F', 'G'}) {
        cookies += sent(login(letter, false), false) + "; ";
    }
    for (const char letter : {'A', 'B', 'C'}) {
        cookies += sent(login(letter, true, kNow - 500)) + "; ";
    }
    const auto names = stale(cookies);
    CHECK(names.size() == 4);
    for (const char letter : {'A', 'B', 'C'}) {
        CHECK(std::ranges::find(names, session::cookie_name(id_of(letter), true)) == names.end());
    }
}

TEST_CASE("a login cookie that was changed, renamed or sealed with another key does not open",
          "[session]") {
    const Login begun = login();
    std::string changed = sent(begun);
    changed[changed.size() - 3] = changed[changed.size() - 3] == 'A' ? 'B' : 'A';
    CHECK(refusal(lookup(changed, begun.state())) == "the login's cookie does not open");

    const std::string other = sent(login('B'));
    const std::string moved = session::cookie_name(begun.id, true) + other.substr(other.find('='));
    CHECK(refusal(lookup(moved, begun.state())) == "the login's cookie does not open");

    const auto unusable = session::find_login(
        {.state = begun.state(), .provider = "facebook", .now = kNow, .secure = true},
        base::Cookies(sent(begun)), ring(8));
    CHECK(refusal(unusable) == "the login's cookie does not open");
}

TEST_CASE("a login does not complete at another provider's callback", "[session]") {
    CHECK(refusal(lookup(sent(login()), login().state(), "twitter")) ==
          "the login was begun at another provider");
}

TEST_CASE("a login expires after ten minutes, and one from the future is refused", "[session]") {
    const Login begun = login();
    CHECK(lookup(sent(begun), begun.state(), "facebook", kNow + 599).has_value());
    CHECK(refusal(lookup(sent(begun), begun.state(), "facebook", kNow + 600)) ==
          "the login is expired");
    CHECK(refusal(lookup(sent(begun), begun.state(), "facebook", kNow - 1)) ==
          "the login is expired");
}

TEST_CASE("errors quote neither the state nor the cookie", "[session]") {
    const Login begun = login();
    const auto refused = lookup(sent(begun), begun.state(), "twitter");
    CHECK(refused.error().detail.find(begun.nonce) == std::string::npos);
    CHECK(refused.error().what.find(begun.id) == std::string_view::npos);
}

TEST_CASE("login cookies have the attributes of the prefix __Host- and HttpOnly", "[session]") {
    const std::string secure = cookie_of(login(), true);
    CHECK(secure.starts_with("__Host-social_login_" + id_of('A') + "="));
    CHECK(secure.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"));
    const std::string plain = cookie_of(login(), false);
    CHECK(plain.starts_with("social_login_" + id_of('A') + "="));
    CHECK(plain.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"));
    CHECK(session::clear_cookie("__Host-social_login_x", true) ==
          "__Host-social_login_x=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
    CHECK(session::clear_cookie("social_login_x", false) ==
          "social_login_x=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
}

TEST_CASE("a login cookie with the longest redirectUrl fits into the reserved size", "[session]") {
    Login longest = login();
    longest.return_to = "https://mysite.example/" + std::string(2025, 'x');
    longest.provider = std::string(64, 'p');
    longest.code_verifier = social::session::CodeVerifier(std::string(session::kCodeVerifier, 'v'));
    CHECK(sent(longest).size() <= session::kReservedLoginCookieBytes);
}

TEST_CASE("logins below the bound do not evict each other", "[session]") {
    CHECK(stale("").empty());
    CHECK(stale("other=1; " + sent(login('A')) + "; " + sent(login('B')) + "; " + sent(login('C')))
              .empty());
}

TEST_CASE("abandoned logins are evicted down to the youngest", "[session]") {
    std::string cookies;
    for (int i = 0; i < 26; ++i) {
        cookies += sent(login(static_cast<char>('A' + i), true, kNow - i)) + "; ";
    }
    const auto names = stale(cookies);
    CHECK(names.size() == 23);
    for (const char letter : {'A', 'B', 'C'}) {
        CHECK(std::ranges::find(names, session::cookie_name(id_of(letter), true)) == names.end());
    }
}

TEST_CASE("unusable login cookies are evicted before usable ones", "[session]") {
    const std::string unusable = "__Host-social_login_" + id_of('Z') + "=garbage";
    const std::string expired = sent(login('Y', true, kNow - 600));
    const std::string cookies =
        unusable + "; " + expired + "; " + sent(login('A', true, kNow - 500)) + "; " +
        sent(login('B', true, kNow - 400)) + "; " + sent(login('C', true, kNow - 300));
    const auto names = stale(cookies);
    REQUIRE(names.size() == 2);
    CHECK(std::ranges::find(names, session::cookie_name(id_of('Z'), true)) != names.end());
    CHECK(std::ranges::find(names, session::cookie_name(id_of('Y'), true)) != names.end());
}

TEST_CASE("login cookies of another scheme or from the future are unusable", "[session]") {
    const std::string future = sent(login('Z', true, kNow + 100));
    const std::string other_scheme = sent(login('Y', false, kNow));
    const std::string cookies =
        future + "; " + other_scheme + "; " + sent(login('A', true, kNow - 500)) + "; " +
        sent(login('B', true, kNow - 400)) + "; " + sent(login('C', true, kNow - 300));
    const auto names = stale(cookies);
    REQUIRE(names.size() == 2);
    CHECK(std::ranges::find(names, session::cookie_name(id_of('Z'), true)) != names.end());
    CHECK(std::ranges::find(names, session::cookie_name(id_of('Y'), true)) != names.end());
}

TEST_CASE("large login cookies are evicted by size", "[session]") {
    std::string cookies;
    for (int i = 0; i < 3; ++i) {
        Login large = login(static_cast<char>('A' + i), true, kNow - i);
        large.return_to += std::string(1500, 'x');
        cookies += sent(large) + "; ";
    }
    const auto names = stale(cookies);
    REQUIRE(names.size() == 2);
    CHECK(names.front() == session::cookie_name(id_of('B'), true));
}

TEST_CASE("a repeated login cookie is deleted once", "[session]") {
    std::string cookies;
    for (int i = 0; i < 6; ++i) {
        cookies += "social_login_x=" + std::to_string(i) + "; ";
    }
    CHECK(stale(cookies) == std::vector<std::string>{"social_login_x"});
}
