#include "session/record.hpp"

#include <openssl/err.h>
#include <string>
#include "catch.hpp"

#include "crypto/digest.hpp"
#include "crypto/seal.hpp"
#include "session/session_id.hpp"

using namespace social;
using session::decode;
using session::encode;
using session::Record;
using session::StoreKey;

namespace {

const std::string kOldKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
const std::string kNewKey = "HR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw=\n";

crypto::Keyring keyring(const std::string& text = kOldKey) {
    auto ring = crypto::Keyring::parse(text);
    REQUIRE(ring);
    return *ring;
}

StoreKey key_of(std::uint8_t number) {
    session::Reference reference{};
    reference[0] = number;
    return session::store_key(reference);
}

Record make_record() {
    Record record;
    record.site = "169";
    record.provider = "facebook";
    record.user_id = "1234567890";
    record.body = R"({"session":"s","token":"the-access-token","accounts":[]})";
    record.access_token = base::Secret("the-access-token");
    record.token_secret = base::Secret("not in the body");
    record.refresh_token = base::Secret("refresh");
    record.created_at = 1'700'000'000;
    record.expires_at = 1'700'086'400;
    record.token_issued_at = 1'700'000'001;
    record.token_expires_at = 1'700'007'200;
    record.refresh_at = 1'700'006'600;
    record.refresh_failures = 3;
    record.generation = 42;
    return record;
}

void check_equal(const Record& a, const Record& b) {
    CHECK(a.site == b.site);
    CHECK(a.provider == b.provider);
    CHECK(a.user_id == b.user_id);
    CHECK(a.body == b.body);
    CHECK(a.access_token.equals(b.access_token.reveal()));
    CHECK(a.token_secret.equals(b.token_secret.reveal()));
    CHECK(a.refresh_token.equals(b.refresh_token.reveal()));
    CHECK(a.created_at == b.created_at);
    CHECK(a.expires_at == b.expires_at);
    CHECK(a.token_issued_at == b.token_issued_at);
    CHECK(a.token_expires_at == b.token_expires_at);
    CHECK(a.refresh_at == b.refresh_at);
    CHECK(a.refresh_failures == b.refresh_failures);
    CHECK(a.generation == b.generation);
}

void check_refused(std::string_view stored, const StoreKey& key, const crypto::Keyring& ring) {
    const auto opened = decode(std::string(stored), key, ring);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == Kind::not_found);
    CHECK(opened.error().what == "Session not found");
}

}  // namespace

TEST_CASE("a stored session opens unchanged on any instance with the keyring", "[session]") {
    const Record record = make_record();
    const auto opened = decode(encode(record, key_of(1), keyring()), key_of(1), keyring());
    REQUIRE(opened);
    check_equal(opened->record, record);
    CHECK_FALSE(opened->with_retired_key);
}

TEST_CASE("a stored session may contain empty fields, zero bytes and a megabyte of body",
          "[session]") {
    Record record;
    record.generation = 0;
    record.created_at = -1;
    auto opened = decode(encode(record, key_of(1), keyring()), key_of(1), keyring());
    REQUIRE(opened);
    check_equal(opened->record, record);

    record = make_record();
    record.body = std::string(1024 * 1024, 'b') + "the-access-token";
    record.refresh_token = base::Secret(std::string_view("\0\0\0", 3));
    record.generation = ~std::uint64_t{0};
    opened = decode(encode(record, key_of(1), keyring()), key_of(1), keyring());
    REQUIRE(opened);
    check_equal(opened->record, record);
}

TEST_CASE("a token that is part of the body is stored once", "[session]") {
    Record record = make_record();
    record.access_token = base::Secret(std::string(500, 't'));
    record.body = R"({"token":")" + std::string(500, 't') + R"("})";
    const std::string stored = encode(record, key_of(1), keyring());
    CHECK(stored.size() < 800);
    const auto opened = decode(stored, key_of(1), keyring());
    REQUIRE(opened);
    check_equal(opened->record, record);
}

TEST_CASE("a stored session reveals its site only", "[session]") {
    const std::string stored = encode(make_record(), key_of(1), keyring());
    CHECK(stored.find("169") != std::string::npos);
    for (const char* hidden :
         {"facebook", "1234567890", "the-access-token", "refresh", "session"}) {
        CHECK(stored.find(hidden) == std::string::npos);
    }
}

TEST_CASE("a stored session with any bit flipped is refused", "[session]") {
    const auto ring = keyring();
    std::string stored = encode(make_record(), key_of(1), ring);
    for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
        const char original = stored[bit / 8];
        stored[bit / 8] = static_cast<char>(original ^ (1 << (bit % 8)));
        if (decode(stored, key_of(1), ring)) {
            FAIL("bit " << bit << " does not count");
        }
        stored[bit / 8] = original;
    }
    CHECK(decode(stored, key_of(1), ring));
    // An error left in OpenSSL's queue would be logged by nginx.
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("a truncated or extended stored session is refused", "[session]") {
    const auto ring = keyring();
    const std::string stored = encode(make_record(), key_of(1), ring);
    for (std::size_t size = 0; size < stored.size(); ++size) {
        check_refused(std::string_view(stored).substr(0, size), key_of(1), ring);
    }
    check_refused(stored + '\0', key_of(1), ring);
}

TEST_CASE("stored sessions that were swapped in the store do not open", "[session]") {
    const auto ring = keyring();
    const std::string one = encode(make_record(), key_of(1), ring);
    const std::string two = encode(make_record(), key_of(2), ring);
    check_refused(one, key_of(2), ring);
    check_refused(two, key_of(1), ring);
    CHECK(decode(one, key_of(1), ring));
    CHECK(decode(two, key_of(2), ring));
}

TEST_CASE("a stored session with a changed site is refused", "[session]") {
    const auto ring = keyring();
    std::string stored = encode(make_record(), key_of(1), ring);
    stored.replace(stored.find("169"), 3, "170");
    check_refused(stored, key_of(1), ring);
}

TEST_CASE("a stored session with a changed version byte is refused", "[session]") {
    const auto ring = keyring();
    std::string stored = encode(make_record(), key_of(1), ring);
    for (const char version : {'\x00', '\x02', '\xff'}) {
        stored[0] = version;
        check_refused(stored, key_of(1), ring);
    }
}

TEST_CASE("a stored session sealed under another version is refused", "[session]") {
    const auto ring = keyring();
    const StoreKey key = key_of(1);
    const crypto::KeyBytes& sealing = ring.first().derived(crypto::Purpose::record);
    const std::string bound(crypto::as_text(key));
    const std::string stored = encode(make_record(), key, ring);
    const std::size_t head = 1 + 4 + 4 + 3;
    const std::string_view nonce = std::string_view(stored).substr(head, crypto::kNonceSize);
    const auto plain = crypto::gcm_open(sealing, nonce, stored.substr(0, head) + bound,
                                        stored.substr(head + crypto::kNonceSize));
    REQUIRE(plain);
    const auto with_version = [&](char version) {
        std::string front = stored.substr(0, head);
        front[0] = version;
        return front + std::string(nonce) + crypto::gcm_seal(sealing, nonce, front + bound, *plain);
    };
    CHECK(decode(with_version('\x01'), key, ring));
    for (const char version : {'\x00', '\x02', '\xff'}) {
        check_refused(with_version(version), key, ring);
    }
}

TEST_CASE("a stored session opens with a retired key and reports it", "[session]") {
    const std::string stored = encode(make_record(), key_of(1), keyring(kOldKey));
    const auto opened = decode(stored, key_of(1), keyring(kNewKey + kOldKey));
    REQUIRE(opened);
    CHECK(opened->with_retired_key);
    check_equal(opened->record, make_record());
    check_refused(stored, key_of(1), keyring(kNewKey));
}

TEST_CASE("malformed stored sessions are refused without a large allocation", "[session]") {
    const auto ring = keyring();
    using namespace std::string_literals;
    const std::string id(crypto::as_text(ring.first().id()));
    check_refused("", key_of(1), ring);
    check_refused("\x01"s, key_of(1), ring);
    check_refused("\x01"s + id, key_of(1), ring);
    check_refused("\x01"s + id + "\xff\xff\xff\xff", key_of(1), ring);
    check_refused("\x01"s + id + "\0\0\0\x03"s + "169", key_of(1), ring);
    check_refused("\x01"s + id + "\0\0\0\x03"s + "169" + std::string(27, 'x'), key_of(1), ring);
    check_refused("\x01"s + id + "\0\0\0\x03"s + "169" + std::string(2000, 'x'), key_of(1), ring);
    check_refused(std::string(100000, '\xff'), key_of(1), ring);
    check_refused(std::string(100000, '\0'), key_of(1), ring);
    check_refused("{\"session\":\"json of something else\"}", key_of(1), ring);
}

TEST_CASE("the body reuses the buffer of the stored session, wiped of other secrets", "[session]") {
    const auto ring = keyring();
    Record record = make_record();
    record.body = R"({"token":"EAAG"})";
    record.refresh_token = base::Secret("the refresh token, which never leaves the gateway");
    std::string stored = encode(record, key_of(1), ring);
    const char* const memory = stored.data();
    const std::size_t size = stored.size();
    const auto opened = decode(std::move(stored), key_of(1), ring);
    REQUIRE(opened);
    const std::string& body = opened->record.body;
    CHECK(body == record.body);
    CHECK(body.data() == memory);
    const std::string_view all(memory, size);
    CHECK(all.find("refresh token") == std::string_view::npos);
}

TEST_CASE("a session is stored as different bytes each time", "[session]") {
    const auto ring = keyring();
    CHECK(encode(make_record(), key_of(1), ring) != encode(make_record(), key_of(1), ring));
}

TEST_CASE("sealed text that is no session is refused", "[session]") {
    const auto ring = keyring();
    using namespace std::string_literals;
    // The seal is valid, so only the fields can cause a refusal.
    const auto stored = [&ring](const std::string& plain) {
        const std::string head =
            "\x01"s + std::string(crypto::as_text(ring.first().id())) + "\0\0\0\x03"s + "169";
        const std::string nonce(crypto::kNonceSize, 'n');
        const StoreKey key = key_of(1);
        return head + nonce +
               crypto::gcm_seal(ring.first().derived(crypto::Purpose::record), nonce,
                                head + std::string(crypto::as_text(key)), plain);
    };
    const std::string names = "\0\0\0\x01p"s + "\0\0\0\x01u"s + "\0\0\0\x04"s + "body";
    const std::string no_token = "\0\0\0\0\0"s;
    const std::string rest = "\0\0\0\0"s + std::string(52, '\0');
    const auto place = [](char at, char size) { return "\x01\0\0\0"s + at + "\0\0\0"s + size; };
    const auto whole = decode(stored(names + place(1, 3) + no_token + rest), key_of(1), ring);
    REQUIRE(whole);
    CHECK(whole->record.access_token.equals("ody"));

    CHECK(decode(stored(names + place(4, 0) + no_token + rest), key_of(1), ring));
    for (const std::string& plain :
         {""s, names, names + place(1, 4) + no_token + rest, names + place(5, 0) + no_token + rest,
          names + place(0, 5) + no_token + rest, names + no_token + place(2, 3) + rest,
          names + "\x01\xff\xff\xff\xff\0\0\0\x02"s + no_token + rest,
          names + "\x01\0\0\0\x02\xff\xff\xff\xff"s + no_token + rest,
          names + "\x02\0\0\0\0"s + no_token + rest, names + no_token + no_token + rest + "\0"s,
          names + no_token + no_token + rest.substr(1), "\xff\xff\xff\xff"s + names}) {
        check_refused(stored(plain), key_of(1), ring);
    }
}
