// The query of a callback (RFC 6749 §4.1.2, RFC 5849 §2.2, RFC 9207). The reply has the parameters
// of the query and no others, and it is a success or an error, never both.
#include <algorithm>
#include <string>

#include "base/form.hpp"
#include "fuzz.hpp"
#include "oauth/callback_reply.hpp"
#include "oauth/oauth1_login.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

void check_parameter(const base::Form& form, std::string_view name, std::string_view value) {
    const base::Found found = form.find(name);
    require(found.occurrence != base::Occurrence::repeated);
    require(found.value == value && is_printable(value));
}

void check_code(const oauth::CallbackReply& reply) {
    const auto code = oauth::granted_code(reply);
    if (code) {
        require(reply.error.empty() && !reply.code.empty());
        require(code->reveal() == reply.code.reveal());
        return;
    }
    require(!reply.error.empty() || reply.code.empty());
    const Kind kind = code.error().kind;
    require(kind == Kind::bad_callback || kind == Kind::login_refused ||
            kind == Kind::provider_rejected || kind == Kind::provider_unavailable);
    require(is_printable(code.error().detail) && code.error().detail.size() <= 256);
    // A reply that does not name a code never succeeds, one that refuses is told so.
    require((kind == Kind::login_refused) ==
            (reply.error == "access_denied" && reply.code.empty()));
}

void check_verifier(const oauth::CallbackReply& reply) {
    session::Login login;
    login.request_token = base::Secret("ours");
    const auto verifier = oauth::granted_verifier(reply, login);
    require(!verifier || (reply.oauth_token.reveal() == "ours" && !reply.denied &&
                          verifier->reveal() == reply.oauth_verifier.reveal()));
    require(!verifier || !verifier->empty());
}

void check_issuer(const oauth::CallbackReply& reply) {
    constexpr std::string_view kIssuer = "https://id.example";
    for (const bool always : {false, true}) {
        const auto checked =
            oauth::check_issuer(reply, {.expected = kIssuer, .always_sent = always});
        const bool fits = reply.issuer == kIssuer || (reply.issuer.empty() && !always);
        require(checked.has_value() == fits);
        require(oauth::check_issuer(reply, {.expected = {}, .always_sent = always}).has_value());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view query = text_of(data, size);
    const auto reply = oauth::parse_callback_reply(query);
    if (!reply) {
        require(reply.error().kind == Kind::bad_callback && is_printable(reply.error().detail));
        return 0;
    }
    const auto form = base::Form::parse(query);
    require(form.has_value());
    check_parameter(*form, "state", reply->state);
    check_parameter(*form, "code", reply->code.reveal());
    check_parameter(*form, "error", reply->error);
    check_parameter(*form, "oauth_token", reply->oauth_token.reveal());
    check_parameter(*form, "oauth_verifier", reply->oauth_verifier.reveal());
    check_parameter(*form, "iss", reply->issuer);
    require(reply->denied != form->find("denied").value.empty());
    check_code(*reply);
    check_verifier(*reply);
    check_issuer(*reply);
    return 0;
}
