#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include "catch.hpp"

#include "crypto/digest.hpp"
#include "crypto/keyring.hpp"
#include "crypto/seal.hpp"
#include "flow/authorization_request_cache.hpp"
#include "flow/decrypted_session_cache.hpp"
#include "flow/prepare_login.hpp"
#include "flow_world.hpp"
#include "freed_memory.hpp"
#include "marked_random.hpp"
#include "session/fields.hpp"
#include "session/login.hpp"
#include "session/record.hpp"
#include "token/credentials.hpp"

namespace {

using namespace social;
using test::FreedMemory;
using test::kLongMarker;

const session::StoreKey kKey{1, 2, 3};

session::Record marked_record() {
    session::Record record;
    record.site = "169";
    record.provider = "facebook";
    record.user_id = "1";
    record.body = R"({"session":"s"})";
    record.refresh_token = base::Secret(kLongMarker);
    return record;
}

}  // namespace

TEST_CASE("tokens of a session are not left in freed memory", "[session]") {
    const crypto::Keyring keyring(test::key_of(7));
    const session::Record record = marked_record();
    const FreedMemory freed(kLongMarker);
    {
        const std::string stored = session::encode(record, kKey, keyring);
        CHECK(freed.found() == 0);
        const auto opened = session::decode(stored, kKey, keyring);
        REQUIRE(opened);
        CHECK(opened->record.refresh_token.equals(kLongMarker));
    }
    CHECK(freed.found() == 0);
}

TEST_CASE("tokens of a malformed session are not left in freed memory", "[session]") {
    const crypto::Keyring keyring(test::key_of(7));
    const std::string nonce(crypto::kNonceSize, 'n');
    session::FieldWriter head(100);
    head.number(std::uint8_t{1});
    head.raw(crypto::as_text(keyring.first().id()));
    head.text("169");
    std::string stored = head.take();
    const std::string bound = stored + std::string(crypto::as_text(kKey));
    stored += nonce;
    stored += crypto::gcm_seal(keyring.first().derived(crypto::Purpose::record), nonce, bound,
                               std::string(kLongMarker));
    const FreedMemory freed(kLongMarker);
    CHECK_FALSE(session::decode(std::move(stored), kKey, keyring));
    CHECK(freed.found() == 0);
}

TEST_CASE("a shared session is wiped when its last reference is released", "[session]") {
    session::Record record;
    record.body = std::string(kLongMarker);
    const FreedMemory freed(kLongMarker);
    flow::SharedRecord shared = flow::share(std::move(record));
    const flow::SharedRecord last = shared;
    shared.reset();
    CHECK(last->body == kLongMarker);
    const_cast<flow::SharedRecord&>(last).reset();
    CHECK(freed.found() == 0);
}

TEST_CASE("secrets of a login are not left in freed memory", "[session]") {
    const crypto::Keyring keyring(test::key_of(7));
    session::Login login;
    login.id = "0123456789012345678901";
    login.nonce = login.id;
    login.provider = "twitter";
    login.code_verifier = session::CodeVerifier(kLongMarker);
    const FreedMemory freed(kLongMarker);
    {
        std::string cookie;
        session::StateCipher(login).append(cookie, login, keyring);
        const auto opened = session::open_login(login.id, cookie, keyring);
        REQUIRE(opened);
        CHECK(opened->code_verifier.reveal() == kLongMarker);
    }
    CHECK(freed.found() == 0);
}

TEST_CASE("the code verifier of a new login is not left on the stack", "[session]") {
    const oauth::Provider provider = test::stock_provider("twitter_oauth2");
    const site::Site site;
    const flow::AuthorizationTemplate start(provider,
                                            {.site = &site, .return_to = "https://site.example/"},
                                            "https://gateway.example/twitter/callback");
    const test::FixedClock clock;
    // Each thread gets the same random bytes.
    const test::MarkedRandom random;
    const auto in_thread = [&] {
        std::optional<flow::PreparedLogin> begun;
        std::thread([&] { begun = flow::try_prepare_login(provider, start, clock); }).join();
        return begun;
    };
    const auto first = in_thread();
    const std::string texts =
        std::string(first->login.nonce) + std::string(first->login.code_verifier.reveal());
    const FreedMemory freed(texts);
    const auto second = in_thread();
    CHECK(second->login.code_verifier.reveal() == first->login.code_verifier.reveal());
    CHECK(freed.wiped() == 1);
}

TEST_CASE("the password of a token request is not left in freed memory", "[session]") {
    const std::string json =
        R"({"email":"a@b.c","siteId":169,"password":")" + std::string(kLongMarker) + R"("})";
    const std::string form = "email=a&siteId=1&password=" + std::string(kLongMarker);
    const FreedMemory freed(kLongMarker);
    {
        CHECK(token::read_credentials(json, token::BodyFormat::json));
    }
    CHECK(freed.found() == 0);
    {
        CHECK(token::read_credentials(form, token::BodyFormat::form));
    }
    CHECK(freed.found() == 0);
}
