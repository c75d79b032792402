// Key files of an operator: a token key, a keyring, a certificate bundle. The first line is the
// algorithm, the rest the file. A signature of an accepted key verifies with it, if it can sign.
#include <openssl/err.h>

#include <algorithm>
#include <string>

#include "base/base64.hpp"
#include "crypto/keyring.hpp"
#include "crypto/trusted_certificates.hpp"
#include "fuzz.hpp"
#include "token/keys.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

void check_key(std::string_view algorithm, std::string_view content) {
    const auto key = token::read_key_file({.algorithm = algorithm, .content = content});
    if (!key) {
        require(key.error().kind == Kind::bad_request && !key.error().what.empty());
        require(key.error().detail.size() <= algorithm.size());  // contains nothing of the key
        return;
    }
    require(crypto::facts(key->algorithm()).name == algorithm);
    require(key->id().size() == 11 && base::is_base64url_alphabet(key->id()));
    require(!key->verify({.message = "message", .signature = ""}));
    if (key->can_sign()) {
        const std::string signature = key->sign("message");
        require(key->verify({.message = "message", .signature = signature}));
        require(!key->verify({.message = "messagf", .signature = signature}));
    }
}

void check_keyring(std::string_view file) {
    const auto ring = crypto::Keyring::parse(file);
    if (!ring) {
        require(ring.error().kind == Kind::bad_request);
        require(ring.error().detail.empty() || ring.error().detail.starts_with("line "));
        return;
    }
    require(!ring->keys().empty() && ring->find(ring->first().id()) != nullptr);
    require(static_cast<std::ptrdiff_t>(ring->keys().size()) <= std::ranges::count(file, '\n') + 1);
}

// The label of a bundle is its first certificate, which is a valid bundle.
void check_certificates(std::string_view pem) {
    const auto bundle = crypto::TrustedCertificates::parse(pem);
    if (!bundle) {
        require(bundle.error().kind == Kind::bad_request && bundle.error().detail.empty());
        return;
    }
    require(bundle->store() != nullptr);
    const std::string_view label = bundle->label();
    require(label.starts_with("-----BEGIN CERTIFICATE-----\n") && label.ends_with('\n'));
    const auto alone = crypto::TrustedCertificates::parse(label);
    const std::string_view first = label.substr(0, label.find("# "));
    require(alone && alone->label().starts_with(first));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = text_of(data, size);
    check_keyring(rest);
    const std::string_view algorithm = take_line(rest);
    check_key(algorithm, rest);
    check_certificates(rest);
    // nginx would log an error left in the queue for another connection.
    require(ERR_peek_error() == 0);
    return 0;
}
