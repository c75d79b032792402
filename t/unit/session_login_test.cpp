#include "session/login.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include "catch.hpp"

#include "base/base64.hpp"
#include "base/random.hpp"
#include "crypto/seal.hpp"
#include "session/fields.hpp"

using namespace social;
using session::Login;
using session::open_login;
using session::parse_state;

namespace {

const std::string kOldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
const std::string kNewKey = "HR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw=\n";

crypto::Keyring keyring(const std::string& text = kOldKey) {
    auto ring = crypto::Keyring::parse(text);
    REQUIRE(ring);
    return *ring;
}

Login make_login() {
    Login login;
    login.id = base::random_base64url(16);
    login.nonce = base::random_base64url(16);
    login.provider = "twitter";
    login.site = "169";
    login.return_to = "https://mysite.example/?a=1";
    login.callback_url = "https://gateway.example/twitter/callback";
    login.code_verifier = session::CodeVerifier("verifier");
    login.request_token = base::Secret("token");
    login.request_secret = base::Secret("secret");
    login.oidc_nonce = "nonce";
    login.started_at = 1'700'000'000;
    return login;
}

std::string seal_login(const Login& login, const crypto::Keyring& ring) {
    std::string cookie;
    session::StateCipher(login).append(cookie, login, ring);
    return cookie;
}

void check_equal(const Login& a, const Login& b) {
    CHECK(a.id == b.id);
    CHECK(a.nonce == b.nonce);
    CHECK(a.provider == b.provider);
    CHECK(a.site == b.site);
    CHECK(a.return_to == b.return_to);
    CHECK(a.callback_url == b.callback_url);
    CHECK(a.code_verifier.reveal() == b.code_verifier.reveal());
    CHECK(a.request_token.equals(b.request_token.reveal()));
    CHECK(a.request_secret.equals(b.request_secret.reveal()));
    CHECK(a.oidc_nonce == b.oidc_nonce);
    CHECK(a.started_at == b.started_at);
}

}  // namespace

TEST_CASE("a login cookie opens unchanged on any instance", "[session]") {
    const Login login = make_login();
    const auto opened = open_login(login.id, seal_login(login, keyring()), keyring());
    REQUIRE(opened);
    check_equal(*opened, login);
}

TEST_CASE("a login cookie with empty fields, zero bytes and long URLs opens unchanged",
          "[session]") {
    Login login;
    login.id = base::random_base64url(16);
    auto opened = open_login(login.id, seal_login(login, keyring()), keyring());
    REQUIRE(opened);
    check_equal(*opened, login);

    login = make_login();
    login.return_to = "https://mysite.example/" + std::string(2000, 'x');
    login.code_verifier = session::CodeVerifier(std::string_view("a\0b", 3));
    login.started_at = -1;
    opened = open_login(login.id, seal_login(login, keyring()), keyring());
    REQUIRE(opened);
    check_equal(*opened, login);
}

TEST_CASE("a login cookie with the longest redirectUrl fits into a browser", "[session]") {
    Login login = make_login();
    login.return_to.resize(2048, 'x');
    login.code_verifier = session::CodeVerifier(std::string(session::kCodeVerifier, 'v'));
    CHECK(seal_login(login, keyring()).size() < 3800);
}

TEST_CASE("a login cookie opens for its id only", "[session]") {
    const Login login = make_login();
    const std::string cookie = seal_login(login, keyring());
    CHECK_FALSE(open_login(base::random_base64url(16), cookie, keyring()));
    CHECK_FALSE(open_login("", cookie, keyring()));
    CHECK_FALSE(open_login(login.nonce, cookie, keyring()));
    CHECK_FALSE(open_login(std::string(login.id) + "A", cookie, keyring()));
}

// A gateway of another release that shares the keyring could seal these.
TEST_CASE("a sealed login of another format is refused", "[session]") {
    struct Fields {
        std::uint8_t version = 1;
        std::size_t id = session::kStatePart;
        std::size_t nonce = session::kStatePart;
        std::size_t code_verifier = session::kCodeVerifier;
        std::string_view rest{};
    };
    const crypto::Keyring ring = keyring();
    const auto opens = [&](const Fields& fields) {
        const std::string id(fields.id, 'i');
        session::FieldWriter record(256, crypto::kSealFront);
        record.number(fields.version);
        record.text(std::string(fields.nonce, 'n'));
        for (const std::string_view text : {"twitter", "169", "https://a/", "https://b/"}) {
            record.text(text);
        }
        record.text(std::string(fields.code_verifier, 'v'));
        for (int i = 0; i < 3; ++i) {
            record.text("");
        }
        record.time(1'700'000'000);
        record.raw(fields.rest);
        std::string sealed = record.take();
        crypto::seal(ring, crypto::Purpose::login_cookie, id, sealed);
        return open_login(id, base::base64url_encode(sealed), ring).has_value();
    };
    CHECK(opens({}));
    CHECK(opens({.code_verifier = 43}));  // the length in an earlier release
    CHECK_FALSE(opens({.version = 2}));
    CHECK_FALSE(opens({.id = session::kStatePart + 1}));
    CHECK_FALSE(opens({.nonce = session::kStatePart + 1}));
    CHECK_FALSE(opens({.code_verifier = session::kCodeVerifier + 1}));
    CHECK_FALSE(opens({.rest = "x"}));
}

TEST_CASE("a login cookie with any character changed is refused", "[session]") {
    const Login login = make_login();
    std::string cookie = seal_login(login, keyring());
    for (std::size_t at = 0; at < cookie.size(); ++at) {
        const char original = cookie[at];
        for (const char c : {'A', 'z', '0', '-', '=', '+', ' ', '\0'}) {
            if (c != original) {
                cookie[at] = c;
                CHECK_FALSE(open_login(login.id, cookie, keyring()));
            }
        }
        cookie[at] = original;
    }
    for (std::size_t size = 0; size < cookie.size(); ++size) {
        CHECK_FALSE(open_login(login.id, cookie.substr(0, size), keyring()));
    }
    CHECK(open_login(login.id, cookie, keyring()));
}

TEST_CASE("bytes that move between fields of a login change its cookie", "[session]") {
    Login one = make_login();
    one.provider = "fb";
    one.site = "169";
    Login other = one;
    other.provider = "fb1";
    other.site = "69";
    const auto a = open_login(one.id, seal_login(one, keyring()), keyring());
    const auto b = open_login(other.id, seal_login(other, keyring()), keyring());
    REQUIRE((a && b));
    CHECK(a->provider == "fb");
    CHECK(b->provider == "fb1");
    CHECK(b->site == "69");
}

TEST_CASE("sealed text that is no login is refused", "[session]") {
    const auto ring = keyring();
    const auto cookie = [&ring](const std::string& plain) {
        std::string bytes = std::string(crypto::kSealFront, '\0') + plain;
        crypto::seal(ring, crypto::Purpose::login_cookie, "id", bytes);
        return base::base64url_encode(bytes);
    };
    using namespace std::string_literals;
    CHECK_FALSE(open_login("id", cookie(""), ring));
    CHECK_FALSE(open_login("id", cookie("\x01"s), ring));
    CHECK_FALSE(open_login("id", cookie("\x01\xff\xff\xff\xff"s), ring));
    CHECK_FALSE(open_login("id", cookie("\x01\0\0\0\x05pig"s), ring));
    CHECK_FALSE(open_login("id", cookie("\x02"s + std::string(44, '\0')), ring));
    // Nine empty fields and a time are a valid login; one byte more or less is not.
    CHECK(open_login("id", cookie("\x01"s + std::string(44, '\0')), ring));
    CHECK_FALSE(open_login("id", cookie("\x01"s + std::string(45, '\0')), ring));
    CHECK_FALSE(open_login("id", cookie("\x01"s + std::string(43, '\0')), ring));
}

TEST_CASE("a login cookie opens after a new first key was added", "[session]") {
    const Login login = make_login();
    const std::string cookie = seal_login(login, keyring(kOldKey));
    CHECK(open_login(login.id, cookie, keyring(kNewKey + kOldKey)));
    CHECK_FALSE(open_login(login.id, cookie, keyring(kNewKey)));
}

TEST_CASE("a login expires after ten minutes, and one from the future is expired", "[session]") {
    Login login = make_login();
    const std::int64_t start = login.started_at;
    CHECK_FALSE(expired(login, start));
    CHECK_FALSE(expired(login, start + 599));
    CHECK(expired(login, start + 600));
    CHECK(expired(login, start - 1));
    login.started_at = std::numeric_limits<std::int64_t>::min();
    CHECK(expired(login, std::numeric_limits<std::int64_t>::max()));
    login.started_at = std::numeric_limits<std::int64_t>::max();
    CHECK(expired(login, 0));
}

TEST_CASE("state is split into id and nonce", "[session]") {
    const Login login = make_login();
    const std::string text = login.state();
    const auto state = parse_state(text);
    REQUIRE(state);
    CHECK(state->id == login.id);
    CHECK(state->nonce == login.nonce);
}

TEST_CASE("a malformed state is refused", "[session]") {
    using namespace std::string_literals;
    const std::string part(22, 'A');
    REQUIRE(parse_state(part + "." + part));
    for (const std::string& state : {""s,
                                     "."s,
                                     part,
                                     part + ".",
                                     "." + part,
                                     part + part,
                                     part + ".." + part,
                                     part + "." + part + ".",
                                     part + "." + part + "A",
                                     "A" + part + "." + part,
                                     part + "A." + part.substr(1),
                                     part.substr(1) + ".A" + part,
                                     part + "." + part + "\n",
                                     part.substr(1) + "/." + part,
                                     part.substr(1) + "=." + part,
                                     part.substr(1) + "*." + part,
                                     part + "." + part.substr(1) + "\0"s,
                                     part + " " + part,
                                     std::string(65536, 'A'),
                                     part.substr(2) + "\xc3\xa4." + part}) {
        INFO(state.substr(0, 80));
        CHECK_FALSE(parse_state(state));
    }
}
