// Values of a store: sealed records, tokens of the application, cache entries. The first octet
// selects the meaning of the rest. It is stored octets, which never open, or plain text to seal, as
// with a leaked key. An opened value round-trips.
#include <algorithm>
#include <string>

#include "base/base64.hpp"
#include "crypto/digest.hpp"
#include "crypto/seal.hpp"
#include "fuzz.hpp"
#include "oauth/app_token.hpp"
#include "session/fields.hpp"
#include "session/login.hpp"
#include "session/record.hpp"
#include "store/copy_value.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr session::StoreKey kKey{1, 2, 3};

bool same(const session::Record& a, const session::Record& b) {
    return a.site == b.site && a.provider == b.provider && a.user_id == b.user_id &&
           a.body == b.body && a.access_token.reveal() == b.access_token.reveal() &&
           a.token_secret.reveal() == b.token_secret.reveal() &&
           a.refresh_token.reveal() == b.refresh_token.reveal() && a.created_at == b.created_at &&
           a.expires_at == b.expires_at && a.token_issued_at == b.token_issued_at &&
           a.token_expires_at == b.token_expires_at && a.refresh_at == b.refresh_at &&
           a.refresh_failures == b.refresh_failures && a.generation == b.generation;
}

// Seals any fields as session::encode() does.
std::string sealed_record(const crypto::Key& key, std::string_view site, std::string_view fields) {
    session::FieldWriter head(64);
    head.number(std::uint8_t{1});
    head.raw(crypto::as_text(key.id()));
    head.text(site);
    std::string stored = head.take();
    const std::string bound = stored + std::string(crypto::as_text(kKey));
    const std::string nonce(crypto::kNonceSize, 'n');
    return stored + nonce +
           crypto::gcm_seal(key.derived(crypto::Purpose::record), nonce, bound, fields);
}

void check_record(std::string_view fields) {
    for (const crypto::Key& key : keyring().keys()) {
        const std::string stored = sealed_record(key, "169", fields);
        const auto opened = session::decode(stored, kKey, keyring());
        require(opened || opened.error().kind == Kind::not_found);
        require(!session::decode(stored, session::StoreKey{9}, keyring()));
        if (!opened) {
            continue;
        }
        require(opened->with_retired_key == (&key != &keyring().first()));
        require(opened->sealing <= stored.size() && opened->record.site == "169");
        require(opened->record.body.size() <= fields.size());
        const std::string again = session::encode(opened->record, kKey, keyring());
        const auto reopened = session::decode(again, kKey, keyring());
        require(reopened && same(reopened->record, opened->record) && !reopened->with_retired_key);
    }
}

// A valid record with one octet changed.
void check_changed(std::string_view text) {
    session::Record record;
    record.site = "169";
    record.body = text;
    record.access_token = base::Secret(text.substr(0, text.size() / 2));
    record.refresh_token = base::Secret(text);
    std::string stored = session::encode(record, kKey, keyring());
    const auto opened = session::decode(stored, kKey, keyring());
    require(opened && same(opened->record, record));
    const std::size_t at = text.size() * 7 % stored.size();
    stored[at] = static_cast<char>(static_cast<unsigned char>(stored[at]) ^ 1U);
    require(!session::decode(stored, kKey, keyring()));
    stored.resize(at);
    require(!session::decode(stored, kKey, keyring()));
}

std::string sealed(crypto::Purpose purpose, std::string_view associated, std::string_view fields) {
    std::string bytes(crypto::kSealFront, '\0');
    bytes += fields;
    crypto::seal(keyring(), purpose, associated, bytes);
    return bytes;
}

void check_app_token(std::string_view fields) {
    const std::string stored = sealed(crypto::Purpose::app_token, crypto::as_text(kKey), fields);
    const auto token = oauth::open_app_token(stored, kKey, keyring());
    if (token) {
        const auto again =
            oauth::open_app_token(oauth::seal_app_token(*token, kKey, keyring()), kKey, keyring());
        require(again && again->token.reveal() == token->token.reveal() &&
                again->ends_at == token->ends_at && again->failures == token->failures);
    }
    // A value sealed for another purpose does not open.
    require(!session::decode(stored, kKey, keyring()));
}

void check_login(std::string_view fields) {
    const std::string id(session::kStatePart, 'i');
    const std::string cookie =
        base::base64url_encode(sealed(crypto::Purpose::login_cookie, id, fields));
    const auto login = session::open_login(id, cookie, keyring());
    if (!login) {
        return;
    }
    std::string again;
    session::StateCipher(*login).append(again, *login, keyring());
    require(again.size() == cookie.size());
    const auto reopened = session::open_login(id, again, keyring());
    require(reopened && reopened->return_to == login->return_to &&
            reopened->started_at == login->started_at && reopened->state() == login->state());
}

void check_copy(std::string_view bytes) {
    const auto copy = store::to_copy(std::string(bytes));
    require(copy.has_value() == store::head_of(bytes).has_value());
    require(!copy || store::to_bytes(*copy) == bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = text_of(data, size);
    switch (take_octet(rest) % 5) {
        case 0:
            require(!session::decode(std::string(rest), kKey, keyring()));
            check_copy(rest);
            break;
        case 1:
            check_record(rest);
            break;
        case 2:
            check_app_token(rest);
            break;
        case 3:
            check_login(rest);
            break;
        default:
            check_changed(rest);
    }
    return 0;
}
