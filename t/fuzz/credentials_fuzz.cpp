// Request bodies of the token API: the first line is the Content-Type, the rest the body. Accepted
// credentials round-trip in both formats.
#include <string>

#include "base/json.hpp"
#include "base/percent.hpp"
#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "token/credentials.hpp"
#include "token/parsed_claims.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

bool same(const token::Credentials& a, const token::Credentials& b) {
    return a.email == b.email && a.password.reveal() == b.password.reveal() && a.site == b.site;
}

void check_again(const token::Credentials& given) {
    const std::string form = "email=" + base::form_encode(given.email) +
                             "&password=" + base::form_encode(given.password.reveal()) +
                             "&siteId=" + base::form_encode(given.site);
    const auto from_form = token::read_credentials(form, token::BodyFormat::form);
    require(form.size() > 8192 || (from_form && same(*from_form, given)));

    // Each on its own: the end of one and the beginning of the next may be a character together.
    if (!base::is_utf8(given.email) || !base::is_utf8(given.password.reveal()) ||
        !base::is_utf8(given.site)) {
        return;
    }
    const std::string json = "{\"email\":" + base::json_string(given.email) +
                             ",\"password\":" + base::json_string(given.password.reveal()) +
                             ",\"siteId\":" + base::json_string(given.site) + "}";
    const auto from_json = token::read_credentials(json, token::BodyFormat::json);
    require(json.size() > 8192 || (from_json && same(*from_json, given)));
}

void check(std::string_view body, token::BodyFormat format) {
    const auto given = token::read_credentials(body, format);
    if (!given) {
        require(given.error().kind == Kind::bad_request && !given.error().what.empty());
        require(given.error().detail.empty());  // could contain the password
        return;
    }
    require(!given->email.empty() && !given->password.empty());
    require(!given->site.empty() && given->site.size() <= token::kMaxSiteId);
    // A C function would truncate a text there.
    require(!given->email.contains('\0') && !given->password.reveal().contains('\0') &&
            !given->site.contains('\0'));
    check_again(*given);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = text_of(data, size);
    const auto format = token::body_format(take_line(rest));
    if (format) {
        check(rest, *format);
    } else {
        check(rest, token::BodyFormat::json);
        check(rest, token::BodyFormat::form);
    }
    return 0;
}
