// The signed_request with which Meta calls us back. The input is such a text by itself, and the
// payload of one that the client secret did sign; no change to that one is accepted.
#include <string>

#include "base/base64.hpp"
#include "base/json.hpp"
#include "base/utf8.hpp"
#include "crypto/digest.hpp"
#include "fuzz.hpp"
#include "oauth/signed_request.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

const base::Secret& secret() {
    static const base::Secret kSecret("0123456789abcdef");
    return kSecret;
}

std::string signed_text(std::string_view signed_part) {
    const auto signature = crypto::hmac_sha256({.key = secret().reveal(), .message = signed_part});
    return base::base64url_encode(crypto::as_text(signature)) + "." + std::string(signed_part);
}

void check_refused(std::string_view text) {
    const auto user = oauth::read_signed_request(text, secret());
    require(!user && user.error().kind == Kind::bad_request);
}

void check_payload(std::string_view payload) {
    std::string text = signed_text(base::base64url_encode(payload));
    const auto user = oauth::read_signed_request(text, secret());
    const auto json = base::Json::parse(payload);
    const bool names_user = json && json->member("user_id").id().value_or("") != "";
    require(user ? names_user && *user == json->member("user_id").id()
                 : !names_user || json->member("algorithm").text() != "HMAC-SHA256");
    require(!user || base::is_utf8(*user));
    require(!oauth::read_signed_request(text, base::Secret("another")));
    const std::size_t at = payload.size() % text.size();
    text[at] = text[at] == 'A' ? 'B' : 'A';
    check_refused(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    check_refused(text);
    check_payload(text);
    // Signed, and then no base64url, or with padding.
    static_cast<void>(oauth::read_signed_request(signed_text(text), secret()));
    return 0;
}
