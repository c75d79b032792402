#include "crypto/jws.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <utility>

#include "base/base64.hpp"
#include "base/json.hpp"
#include "crypto/digest.hpp"

namespace social::crypto {
namespace {

// Allows an embedded `jwk`, which is ignored: a token never supplies its key (CVE-2018-0114).
constexpr base::JsonLimits kHeaderLimits{.bytes = kMaxToken, .depth = 8};

struct Parts {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
};

// Searches at most three dots, however many there are (CVE-2025-30204).
std::optional<Parts> split(std::string_view token) noexcept {
    const auto first = token.find('.');
    if (first == std::string_view::npos) {
        return std::nullopt;
    }
    const auto second = token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    return Parts{.header = token.substr(0, first),
                 .payload = token.substr(first + 1, second - first - 1),
                 .signature = token.substr(second + 1)};
}

struct Header {
    Algorithm algorithm{};
    std::optional<std::string> kid;
};

Result<Header> read_header(std::string_view encoded) {
    const auto text = base::base64url_decode(encoded);
    if (!text) {
        return invalid_token("the header is not base64url");
    }
    const auto json = base::Json::parse(*text, kHeaderLimits);
    if (!json || !json->is_object()) {
        return invalid_token("the header is not a JSON object");
    }
    // A recipient must refuse unsupported extensions (RFC 7515 §4.1.11). None is supported.
    if (json->member("crit").present()) {
        return invalid_token("the header has critical extensions");
    }
    // The member `enc` marks a JWE (RFC 7516 §9).
    if (json->member("enc").present()) {
        return invalid_token("the token is encrypted");
    }
    const auto name = json->member("alg").text();
    const auto algorithm = name ? algorithm_named(*name) : std::nullopt;
    if (!algorithm) {
        return invalid_token("the algorithm is unknown");
    }
    Header header{.algorithm = *algorithm, .kid = std::nullopt};
    if (const base::Json kid = json->member("kid"); kid.present()) {
        header.kid = kid.text();
        if (!header.kid) {
            return invalid_token("the key id is not a string");
        }
    }
    return header;
}

// Caches the last valid header. Tokens of one site share their header, and parsing it costs more
// than an HMAC. Only the parsed text is cached, no trust in a token.
class HeaderCache {
public:
    Result<Header> read(std::string_view encoded) {
        if (encoded == encoded_) {
            return header_;
        }
        auto header = read_header(encoded);
        if (header && encoded.size() <= kMaxCached) {
            encoded_ = encoded;
            header_ = *header;
        }
        return header;
    }

private:
    static constexpr std::size_t kMaxCached = 512;  // bytes; longer headers are not cached

    std::string encoded_ = ".";  // "." never equals a header
    Header header_;
};

}  // namespace

std::unexpected<Error> invalid_token(std::string_view reason) {
    return fail(Kind::unauthenticated, "Invalid token", std::string(reason));
}

std::optional<JwsSignature> JwsSignature::decode(std::string_view encoded) {
    JwsSignature signature;
    if (encoded.size() > base::base64url_size(kShort)) {
        auto decoded = base::base64url_decode(encoded);
        if (!decoded) {
            return std::nullopt;
        }
        signature.long_ = std::move(*decoded);
        return signature;
    }
    std::array<std::uint8_t, kShort> bytes;
    const auto decoded = std::span(bytes).first(base::base64url_decoded_size(encoded.size()));
    if (!base::base64url_decode_into(encoded, decoded)) {
        return std::nullopt;
    }
    signature.short_ = as_text(decoded);
    return signature;
}

Result<CompactJws> read_compact(std::string_view token) {
    if (token.size() > kMaxToken) {
        return invalid_token("the token is too long");
    }
    const auto parts = split(token);
    if (!parts) {
        return invalid_token("the token has not three parts");
    }
    thread_local HeaderCache last;
    auto header = last.read(parts->header);
    if (!header) {
        return std::unexpected(std::move(header.error()));
    }
    auto signature = JwsSignature::decode(parts->signature);
    if (!signature) {
        return invalid_token("the signature is not base64url");
    }
    return CompactJws{
        .algorithm = header->algorithm,
        .kid = std::move(header->kid),
        .signing_input = token.substr(0, parts->header.size() + 1 + parts->payload.size()),
        .payload = parts->payload,
        .signature = std::move(*signature),
    };
}

Result<std::string> verify(const CompactJws& jws, const JwsKey& key) {
    // The key determines the algorithm (RFC 8725 §3.1). Otherwise the header could turn a public
    // key into an HMAC secret (CVE-2015-9235, CVE-2026-39999).
    if (jws.algorithm != key.algorithm()) {
        return invalid_token("the key is for another algorithm");
    }
    if (!key.verify({.message = jws.signing_input, .signature = jws.signature.bytes()})) {
        return invalid_token("wrong signature");  // short enough for std::string's inline storage
    }
    auto payload = base::base64url_decode(jws.payload);
    if (!payload) {
        return invalid_token("the payload is not base64url");
    }
    return std::move(*payload);
}

std::string sign_compact(const UnsignedToken& token, const JwsKey& key) {
    base::Json header = base::Json::object();
    header.set("typ", "JWT");
    header.set("alg", facts(key.algorithm()).name);
    if (!token.kid.empty()) {
        header.set("kid", token.kid);
    }
    std::string compact = base::base64url_encode(header.dump());
    compact += '.';
    compact += base::base64url_encode(token.payload);
    const std::string signature = key.sign(compact);
    compact += '.';
    compact += base::base64url_encode(signature);
    return compact;
}

}  // namespace social::crypto
