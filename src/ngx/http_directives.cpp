// Keyring, store and tokens: the plain directives of http{}.
#include <optional>
#include <span>

#include "ngx/conf_value.hpp"
#include "ngx/directives.hpp"
#include "ngx/module.hpp"

namespace social::ngx {

namespace {

constexpr std::size_t kDefaultStore = 32 * 1024 * 1024;
constexpr std::size_t kLeastStore = 1024 * 1024;

Result<void> set_once(std::string& target, const Directive& directive) {
    if (!target.empty()) {
        return fail(Kind::bad_request, "is duplicate");
    }
    target = directive.values.front();
    if (target.empty()) {
        return fail(Kind::bad_request, "is empty, write the value or leave the directive out");
    }
    return {};
}

Result<void> open_store(ngx_conf_t* cf, MainSettings& settings, std::size_t size) {
    settings.store = store::MemoryStore::create(cf, ngx_http_social_module, size);
    if (!settings.store) {
        return fail(Kind::bad_request, kAlreadyLogged);
    }
    return {};
}

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

Result<void> set_store(Directive& directive, MainSettings& settings) {
    if (settings.store) {
        return fail(Kind::bad_request, "is duplicate");
    }
    if (directive.values.front() != "memory") {
        return fail(Kind::bad_request, "knows the store \"memory\", as in: memory size=32m");
    }
    std::optional<std::size_t> size;
    for (const std::string_view text : std::span(directive.values).subspan(1)) {
        const auto value = parameter(text, "size=");
        if (!value) {
            return fail(Kind::bad_request, "has an unknown parameter", std::string(text));
        }
        if (size) {
            return fail(Kind::bad_request, "has two sizes, leave one", std::string(text));
        }
        const Result<std::size_t> bytes = size_value(*value);
        if (!bytes) {
            return std::unexpected(bytes.error());
        }
        if (*bytes < kLeastStore) {
            return fail(Kind::bad_request, "needs a size of at least 1m", std::string(text));
        }
        size = *bytes;
    }
    return open_store(directive.cf, settings, size.value_or(kDefaultStore));
}

Result<void> open_default_store(ngx_conf_t* cf, MainSettings& settings) {
    return open_store(cf, settings, kDefaultStore);
}

Result<void> set_session_ttl(Directive& directive, MainSettings& settings) {
    if (settings.session_ttl) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const Result<std::int64_t> seconds = seconds_value(directive.values.front());
    if (!seconds) {
        return std::unexpected(seconds.error());
    }
    if (*seconds == 0) {
        return fail(Kind::bad_request, "needs a time over zero");
    }
    settings.session_ttl = *seconds;
    return {};
}

Result<void> set_token_issuer(Directive& directive, MainSettings& settings) {
    return set_once(settings.token.rules.issuer, directive);
}

Result<void> set_token_audience(Directive& directive, MainSettings& settings) {
    return set_once(settings.token.rules.audience, directive);
}

Result<void> set_token_leeway(Directive& directive, MainSettings& settings) {
    if (settings.token.has_leeway) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const Result<std::int64_t> seconds = seconds_value(directive.values.front());
    if (!seconds) {
        return std::unexpected(seconds.error());
    }
    settings.token.rules.leeway = *seconds;
    settings.token.has_leeway = true;
    return {};
}

}  // namespace social::ngx
