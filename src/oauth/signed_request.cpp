#include "oauth/signed_request.hpp"

#include <optional>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/json.hpp"
#include "crypto/digest.hpp"

namespace social::oauth {

namespace {

std::unexpected<Error> invalid_signed_request(std::string_view reason) {
    return fail(Kind::bad_request, "signed_request is not valid", std::string(reason));
}

// Meta sends both parts with or without padding.
std::optional<std::string> decode(std::string_view part) {
    for (int padding = 0; padding < 2 && part.ends_with('='); ++padding) {
        part.remove_suffix(1);
    }
    return base::base64url_decode(part);
}

}  // namespace

Result<std::string> read_signed_request(std::string_view text, const base::Secret& client_secret) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) {
        return invalid_signed_request("it has one part");
    }
    const std::string_view signed_part = text.substr(dot + 1);
    const std::optional<std::string> signature = decode(text.substr(0, dot));
    const crypto::Sha256Digest expected =
        crypto::hmac_sha256({.key = client_secret.reveal(), .message = signed_part});
    if (!signature || !base::equal_in_constant_time(*signature, crypto::as_text(expected))) {
        return invalid_signed_request("another key signed it");
    }
    const std::optional<std::string> json = decode(signed_part);
    const Result<base::Json> payload = base::Json::parse(json.value_or(""));
    if (!payload) {
        return invalid_signed_request("it holds no JSON");
    }
    const std::string algorithm = payload->member("algorithm").text().value_or("");
    if (!base::equals_ignoring_case(algorithm, "HMAC-SHA256")) {
        return invalid_signed_request("it names another algorithm");
    }
    std::optional<std::string> user = payload->member("user_id").id();
    if (!user || user->empty()) {
        return invalid_signed_request("it names no user");
    }
    return std::move(*user);
}

}  // namespace social::oauth
