#include "session/record.hpp"

#include <optional>
#include <span>
#include <utility>

#include "base/random.hpp"
#include "crypto/digest.hpp"
#include "crypto/seal.hpp"
#include "session/fields.hpp"

namespace social::session {
namespace {

using crypto::as_text;

// The first byte of a stored record. Other versions are refused.
constexpr std::uint8_t kVersion = 1;

// Most tokens are also part of the body, which need not store them twice.
enum class TokenForm : std::uint8_t { text = 0, part_of_body = 1 };

std::unexpected<Error> session_not_found() {
    return fail(Kind::not_found, "Session not found");
}

void write_token(FieldWriter& fields, const base::Secret& token, std::string_view body) {
    const auto at = token.empty() ? std::string_view::npos : body.find(token.reveal());
    if (at == std::string_view::npos) {
        fields.number(static_cast<std::uint8_t>(TokenForm::text));
        fields.text(token.reveal());
        return;
    }
    fields.number(static_cast<std::uint8_t>(TokenForm::part_of_body));
    // Both fit into 32 bits: FieldWriter refuses a longer body.
    fields.number(static_cast<std::uint32_t>(at));
    fields.number(static_cast<std::uint32_t>(token.reveal().size()));
}

// Returns false if the range is outside of the body or the form is invalid.
bool read_token(FieldReader& fields, std::string_view body, base::Secret& token) {
    switch (static_cast<TokenForm>(fields.number<std::uint8_t>())) {
        case TokenForm::text:
            token = base::Secret(fields.text());
            return true;
        case TokenForm::part_of_body: {
            const std::size_t at = fields.number<std::uint32_t>();
            const std::size_t size = fields.number<std::uint32_t>();
            if (at > body.size() || size > body.size() - at) {
                return false;
            }
            token = base::Secret(body.substr(at, size));
            return true;
        }
    }
    return false;
}

std::string encode_fields(const Record& record) {
    FieldWriter fields(256 + record.body.size() + record.access_token.reveal().size() +
                       record.refresh_token.reveal().size());
    fields.text(record.provider);
    fields.text(record.user_id);
    fields.text(record.body);
    write_token(fields, record.access_token, record.body);
    write_token(fields, record.token_secret, record.body);
    fields.text(record.refresh_token.reveal());
    fields.time(record.created_at);
    fields.time(record.expires_at);
    fields.time(record.token_issued_at);
    fields.time(record.token_expires_at);
    fields.time(record.refresh_at);
    fields.number(record.refresh_failures);
    fields.number(record.generation);
    return fields.take();
}

// Reads all fields but the body, and returns its range. Returns nullopt if a field is missing.
std::optional<std::string_view> read_fields(std::string_view plain, Record& record) {
    FieldReader fields(plain);
    record.provider = fields.text();
    record.user_id = fields.text();
    const std::string_view body = fields.text();
    if (!read_token(fields, body, record.access_token) ||
        !read_token(fields, body, record.token_secret)) {
        return std::nullopt;
    }
    record.refresh_token = base::Secret(fields.text());
    record.created_at = fields.time();
    record.expires_at = fields.time();
    record.token_issued_at = fields.time();
    record.token_expires_at = fields.time();
    record.refresh_at = fields.time();
    record.refresh_failures = fields.number<std::uint32_t>();
    record.generation = fields.number<std::uint64_t>();
    if (!fields.finished()) {
        return std::nullopt;
    }
    return body;
}

// Reduces `bytes` to the body, and wipes the rest, which may be secret.
std::string reduce_to(std::string_view body, std::string bytes) {
    const auto begin = static_cast<std::size_t>(body.data() - bytes.data());
    base::wipe(std::span(bytes).subspan(begin + body.size()));
    bytes.resize(begin + body.size());
    bytes.erase(0, begin);
    return bytes;
}

// The head contains its length, so the concatenation of head and store key is unambiguous.
std::string associated(std::string_view head, const StoreKey& key) {
    std::string bytes;
    bytes.reserve(head.size() + key.size());
    bytes += head;
    bytes += as_text(key);
    return bytes;
}

}  // namespace

std::string encode(const Record& record, const StoreKey& key, const crypto::Keyring& keyring) {
    const crypto::Key& first = keyring.first();
    std::string plain = encode_fields(record);

    FieldWriter stored(64 + record.site.size() + plain.size());
    stored.number(kVersion);
    stored.raw(as_text(first.id()));
    stored.text(record.site);
    std::string bytes = stored.take();
    const std::string bound = associated(bytes, key);

    std::array<std::uint8_t, crypto::kNonceSize> nonce{};
    base::fill_random(nonce);
    bytes += as_text(nonce);
    bytes += crypto::gcm_seal(first.derived(crypto::Purpose::record), as_text(nonce), bound, plain);
    base::wipe(plain);
    return bytes;
}

Result<Opened> decode(std::string stored, const StoreKey& key, const crypto::Keyring& keyring) {
    FieldReader head(stored);
    const auto version = head.number<std::uint8_t>();
    crypto::KeyId id{};
    for (std::uint8_t& byte : id) {
        byte = head.number<std::uint8_t>();
    }
    const std::string_view site = head.text();
    if (!head.whole() || version != kVersion || head.left() < crypto::kNonceSize) {
        return session_not_found();
    }
    const crypto::Key* sealed_by = keyring.find(id);
    if (sealed_by == nullptr) {
        return session_not_found();
    }
    Result<Opened> opened;
    opened->with_retired_key = sealed_by != &keyring.first();
    Record& record = opened->record;
    record.site = site;

    const std::size_t head_size = stored.size() - head.left();
    opened->sealing = head_size + crypto::kNonceSize;
    const auto plain =
        crypto::gcm_open_in_place(sealed_by->derived(crypto::Purpose::record),
                                  std::string_view(stored).substr(head_size, crypto::kNonceSize),
                                  associated(std::string_view(stored).substr(0, head_size), key),
                                  std::span(stored).subspan(head_size + crypto::kNonceSize));
    const auto body = plain ? read_fields(*plain, record) : std::nullopt;
    if (!body) {
        base::wipe(stored);
        return session_not_found();
    }
    record.body = reduce_to(*body, std::move(stored));
    return opened;
}

}  // namespace social::session
