// Untrusted Authorization headers (RFC 6750 §2.1). The input is also the header and the payload, a
// line each, of a token that the configured key signs. An accepted token has the algorithm of the
// key, and is refused after any change.
#include <openssl/err.h>

#include <string>

#include "base/base64.hpp"
#include "base/json.hpp"
#include "crypto/jws.hpp"
#include "fuzz.hpp"
#include "token/bearer.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::int64_t kNow = 1'700'000'000;
constexpr std::string_view kSecret = "0123456789abcdef0123456789abcdef";

crypto::JwsKey key() {
    return token::read_key_file({.algorithm = "HS256", .content = kSecret}).value();
}

const token::TokenKeys& keys() {
    static const token::TokenKeys all = [] {
        token::TokenKeys made;
        require(made.add(key()).has_value());
        require(made.add(token::read_key_file({.algorithm = "HS512", .content = kSecret}).value())
                    .has_value());
        return made;
    }();
    return all;
}

// A check with cached tokens and one without must agree.
Result<token::Claims> check(const std::string& authorization) {
    static const token::BearerCheck remembering(keys(),
                                                {.issuer = "", .audience = "", .leeway = 30});
    const token::BearerCheck fresh(keys(), {.issuer = "", .audience = "", .leeway = 30});
    const auto first = remembering.check(authorization, kNow);
    const auto other = fresh.check(authorization, kNow);
    require(first.has_value() == other.has_value());
    require(first ? first->site_id == other->site_id && first->user == other->user
                  : first.error().what == other.error().what);
    return remembering.check(authorization, kNow);
}

void check_refused(const std::string& authorization) {
    const auto claims = check(authorization);
    require(!claims && claims.error().kind == Kind::unauthenticated);
    require(claims.error().what == "Invalid token" || claims.error().what == "Expired token");
}

// True for headers that RFC 7515 §4.1 allows here.
bool is_good_header(std::string_view header) {
    const auto json = base::Json::parse(header, {.bytes = crypto::kMaxToken, .depth = 8});
    return json && json->member("alg").text() == "HS256" && !json->member("crit").present() &&
           !json->member("enc").present();
}

void check_signed(std::string_view header, std::string_view payload) {
    static const crypto::JwsKey own = key();
    std::string token = base::base64url_encode(header) + "." + base::base64url_encode(payload);
    token += "." + base::base64url_encode(own.sign(token));
    const auto claims = check("Bearer " + token);
    if (!claims) {
        require(claims.error().kind == Kind::unauthenticated);
    } else {
        require(is_good_header(header));
        const auto json = base::Json::parse(payload);
        require(json && json->member("sid").text() == claims->site_id && !claims->site_id.empty());
        require(json->member("sub").text().value_or("") == claims->user);
        require(check("bEARER " + token).has_value());
    }
    for (const std::size_t at : {header.size() % token.size(), token.size() - 3}) {
        const char before = token[at];
        token[at] = before == 'A' ? 'B' : 'A';
        check_refused("Bearer " + token);
        token[at] = before;
    }
    check_refused("Bearer " + token + "=");
    check_refused("Bearer  " + token);
    check_refused("Bearer " + token.substr(0, token.rfind('.') + 1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = text_of(data, size);
    check_refused(std::string(rest));
    check_refused("Bearer " + std::string(rest));
    const std::string_view header = take_line(rest);
    check_signed(header.empty() ? R"({"alg":"HS256"})" : header, rest);
    // nginx would log an error left in the queue for another connection.
    require(ERR_peek_error() == 0);
    return 0;
}
