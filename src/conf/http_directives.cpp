// The directives of http{} without a block: keyring, session lifetime, rules for tokens.
#include "conf/conf_value.hpp"
#include "conf/directives.hpp"

namespace social::ngx {

namespace {

constexpr std::int64_t kLongLeeway = 10 * 60;  // seconds

}  // namespace

Result<void> set_keyring(Directive& directive, MainSettings& settings) {
    if (settings.keyring) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const Result<base::Secret> text = read_secret_file(directive.cf, directive.values.front());
    if (!text) {
        return std::unexpected(text.error());
    }
    Result<crypto::Keyring> keyring = crypto::Keyring::parse(text->reveal());
    if (!keyring) {
        keyring.error().detail += " of " + std::string(directive.values.front());
        return std::unexpected(std::move(keyring.error()));
    }
    settings.keyring = std::move(*keyring);
    return {};
}

Result<void> set_session_ttl(Directive& directive, MainSettings& settings) {
    if (settings.session_ttl) {
        return fail(Kind::bad_request, "is duplicate");
    }
    return assign(settings.session_ttl, lifetime_value(directive.values.front()));
}

Result<void> set_token_issuer(Directive& directive, MainSettings& settings) {
    return set_text(directive, settings.token.rules.issuer);
}

Result<void> set_token_audience(Directive& directive, MainSettings& settings) {
    return set_text(directive, settings.token.rules.audience);
}

Result<void> set_token_leeway(Directive& directive, MainSettings& settings) {
    if (settings.token.has_leeway) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const Result<std::int64_t> seconds = seconds_value(directive.values.front());
    if (!seconds) {
        return std::unexpected(seconds.error());
    }
    if (*seconds > kLongLeeway) {
        log_conf_warning(directive.cf, {position(directive.cf), directive.name},
                         "accepts tokens long after their end: clocks differ by seconds, write a "
                         "time of a few minutes at most (RFC 7519 4.1.4)");
    }
    settings.token.rules.leeway = *seconds;
    settings.token.has_leeway = true;
    return {};
}

}  // namespace social::ngx
