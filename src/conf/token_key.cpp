// social_token_key ALGORITHM FILE; social_token_key jwks FILE|URL [ca_file=FILE];
#include <array>
#include <span>

#include "base/parameters.hpp"
#include "conf/conf_value.hpp"
#include "conf/directives.hpp"
#include "crypto/jwk.hpp"
#include "oauth/endpoint_url.hpp"

namespace social::ngx {

namespace {

constexpr std::string_view kPublished = "jwks";

bool is_url(std::string_view text) noexcept {
    return text.find("://") != std::string_view::npos;
}

// A world-readable file is accepted for a public key only.
Result<crypto::JwsKey> read_key(const Directive& directive, const token::KeyFile& file) {
    Result<crypto::JwsKey> key = token::read_key_file(file);
    if (!key || !key->can_sign()) {
        return key;
    }
    const Result<base::Secret> secret = read_secret_file(directive.cf, directive.values[1]);
    if (!secret) {
        return std::unexpected(secret.error());
    }
    return key;
}

Result<void> add_key(const Directive& directive, MainSettings& settings) {
    if (directive.values.size() > 2) {
        return fail(Kind::bad_request, "has an unknown parameter",
                    std::string(directive.values[2]));
    }
    Result<std::string> content = read_file(directive.cf, directive.values[1]);
    if (!content) {
        return std::unexpected(std::move(content.error()));
    }
    Result<crypto::JwsKey> key =
        read_key(directive, {.algorithm = directive.values[0], .content = *content});
    base::wipe(*content);
    if (!key) {
        return std::unexpected(std::move(key.error()));
    }
    return settings.token.keys.add(std::move(*key));
}

Result<void> add_key_set_file(const Directive& directive, MainSettings& settings) {
    if (directive.values.size() > 2) {
        return fail(Kind::bad_request, "takes ca_file= with an https URL only");
    }
    const Result<std::string> content = read_file(directive.cf, directive.values[1]);
    if (!content) {
        return std::unexpected(content.error());
    }
    Result<crypto::KeySet> keys = crypto::read_jwk_set(*content);
    if (!keys) {
        keys.error().detail = std::string(directive.values[1]);
        return std::unexpected(std::move(keys.error()));
    }
    settings.token.keys.add_published().replace(std::move(*keys));
    return {};
}

struct KeySourceDraft {
    ngx_conf_t* cf;
    loop::CertificateFiles& certificates;
    KeySource& source;
};

Result<void> set_ca_file(std::string_view path, KeySourceDraft& draft) {
    if (draft.source.url.starts_with("http://")) {
        return fail(Kind::bad_request, "takes ca_file= with an https URL only");
    }
    return assign(draft.source.ca_file, add_certificates(draft.cf, path, draft.certificates));
}

constexpr std::array<base::Parameter<KeySourceDraft>, 1> kUrlParameters{
    {{"ca_file=", &set_ca_file}}};

Result<void> add_key_set_url(const Directive& directive, MainSettings& settings) {
    KeySource source;
    source.url = directive.values[1];
    if (!oauth::is_endpoint_url(source.url)) {
        return fail(Kind::bad_request, "needs an https URL, or http to this machine", source.url);
    }
    for (const KeySource& other : settings.token.sources) {
        if (other.url == source.url) {
            return fail(Kind::bad_request, "names a URL twice", source.url);
        }
    }
    KeySourceDraft draft{directive.cf, settings.certificates, source};
    const Result<base::GivenParameters> given = base::set_parameters<KeySourceDraft>(
        std::span(directive.values).subspan(2), kUrlParameters,
        {.twice = "has a parameter twice, leave one", .shows_values = true}, draft);
    if (!given) {
        return std::unexpected(given.error());
    }
    source.keys = &settings.token.keys.add_published();
    settings.token.sources.push_back(std::move(source));
    return {};
}

}  // namespace

Result<void> set_token_key(Directive& directive, MainSettings& settings) {
    if (directive.values[0] != kPublished) {
        return add_key(directive, settings);
    }
    return is_url(directive.values[1]) ? add_key_set_url(directive, settings)
                                       : add_key_set_file(directive, settings);
}

}  // namespace social::ngx
