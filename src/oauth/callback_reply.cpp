#include "oauth/callback_reply.hpp"

#include <algorithm>

#include "base/form.hpp"
#include "oauth/error_code.hpp"

namespace social::oauth {

namespace {

constexpr std::string_view kMalformed = "The answer of the provider cannot be read";

struct Expected {
    std::string_view name;
    std::size_t longest;  // bytes, decoded
};

// Reads optional parameters. A repeated, overlong or unprintable one is a flaw.
class Reader {
public:
    explicit Reader(const base::Form& form) noexcept : form_(form) {}

    [[nodiscard]] std::string_view take(const Expected& expected) {
        const base::Found found = form_.find(expected.name);
        const bool printable = std::ranges::all_of(
            found.value, [](char c) { return c >= 0x20 && c < 0x7f; });  // VSCHAR (RFC 6749 §A)
        if (found.occurrence == base::Occurrence::repeated ||
            found.value.size() > expected.longest || !printable) {
            flaw_ = flaw_.empty() ? std::string(expected.name) : flaw_;
            return {};
        }
        return found.value;
    }

    // Name of the first invalid parameter, or empty.
    [[nodiscard]] const std::string& flaw() const noexcept { return flaw_; }

private:
    const base::Form& form_;
    std::string flaw_;
};

}  // namespace

Result<CallbackReply> parse_callback_reply(std::string_view query) {
    const Result<base::Form> form = base::Form::parse(query);
    if (!form) {
        return fail(Kind::bad_callback, kMalformed, "the query is no form");
    }
    Reader reader(*form);
    CallbackReply reply;
    reply.state = reader.take({"state", 512});
    reply.code = base::Secret(reader.take({"code", 4096}));
    reply.error = reader.take({"error", 256});
    reply.oauth_token = base::Secret(reader.take({"oauth_token", 512}));
    reply.oauth_verifier = base::Secret(reader.take({"oauth_verifier", 512}));
    reply.denied = !reader.take({"denied", 512}).empty();
    reply.issuer = reader.take({"iss", 512});
    if (!reader.flaw().empty()) {
        return fail(Kind::bad_callback, kMalformed, reader.flaw() + " is unusable");
    }
    return reply;
}

Result<void> check_issuer(const CallbackReply& reply, const ReplyIssuer& issuer) {
    const bool missing = reply.issuer.empty() && issuer.always_sent;
    const bool another = !reply.issuer.empty() && reply.issuer != issuer.expected;
    if (!issuer.expected.empty() && (missing || another)) {
        return fail(Kind::bad_callback, kMalformed, "it is from another issuer");
    }
    return {};
}

Result<base::Secret> granted_code(const CallbackReply& reply) {
    if (!reply.error.empty() && !reply.code.empty()) {
        return fail(Kind::bad_callback, kMalformed, "it has both code and error");
    }
    if (reply.error == "access_denied") {
        return fail(Kind::login_refused, "The login was refused at the provider");
    }
    if (reply.error == "server_error" || reply.error == "temporarily_unavailable") {
        return fail(Kind::provider_unavailable, "the provider cannot log anybody in", reply.error);
    }
    if (!reply.error.empty()) {
        return fail(Kind::provider_rejected, "the provider rejected the login",
                    printable_code(reply.error));
    }
    if (reply.code.empty()) {
        return fail(Kind::bad_callback, kMalformed, "it has no code");
    }
    return reply.code;
}

}  // namespace social::oauth
