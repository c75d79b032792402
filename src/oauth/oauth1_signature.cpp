#include "oauth/oauth1_signature.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "base/percent.hpp"
#include "base/secret.hpp"
#include "crypto/digest.hpp"

namespace social::oauth {

namespace {

using base::percent_encode;
using Pairs = std::vector<std::pair<std::string, std::string>>;  // encoded

constexpr base::FormLimits kLimits{.bytes = 1024 * 1024, .fields = 4096};

struct SplitUrl {
    std::string base;        // §3.4.1.2, without query and fragment
    std::string_view query;  // raw
};

Result<SplitUrl> split(std::string_view url) {
    url = url.substr(0, url.find('#'));
    const std::size_t question = url.find('?');
    const std::string_view query =
        question == std::string_view::npos ? "" : url.substr(question + 1);
    const std::string_view whole = url.substr(0, question);
    const std::size_t colon = whole.find("://");
    if (colon == std::string_view::npos) {
        return fail(Kind::bad_request, "the URL to sign is not absolute");
    }
    const std::string scheme = base::lowered(whole.substr(0, colon));
    const std::string_view rest = whole.substr(colon + 3);
    const std::size_t slash = rest.find('/');
    std::string authority = base::lowered(rest.substr(0, slash));
    const std::string_view path = slash == std::string_view::npos ? "/" : rest.substr(slash);

    const std::string_view standard = scheme == "https" ? ":443" : ":80";
    if (authority.ends_with(standard)) {
        authority.erase(authority.size() - standard.size());
    }
    if (authority.empty()) {
        return fail(Kind::bad_request, "the URL to sign has no host");
    }
    return SplitUrl{.base = scheme + "://" + authority + std::string(path), .query = query};
}

Result<void> collect(Pairs& pairs, std::string_view raw) {
    const Result<base::Form> form = base::Form::parse(raw, kLimits);
    if (!form) {
        return fail(Kind::bad_request, "the parameters to sign cannot be read");
    }
    for (const base::FormField& field : form->fields()) {
        pairs.emplace_back(percent_encode(field.name), percent_encode(field.value));
    }
    return {};
}

// §3.4.1.3.2: sorted by encoded name, then by encoded value.
std::string normalized(Pairs pairs) {
    std::ranges::sort(pairs);
    std::string out;
    for (const auto& [name, value] : pairs) {
        out += out.empty() ? "" : "&";
        out += name;
        out += '=';
        out += value;
    }
    return out;
}

// §3.4.1.1: the method is in uppercase in the base string.
std::string uppercased(std::string_view method) {
    std::string out(method);
    for (char& c : out) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

void append_parameter(std::string& header, const base::FormField& field) {
    header += header.ends_with(' ') ? "" : ", ";
    header += percent_encode(field.name) + "=\"" + percent_encode(field.value) + "\"";
}

}  // namespace

Result<std::string> oauth1_base_string(const Oauth1Request& request,
                                       std::span<const base::FormField> protocol) {
    const Result<SplitUrl> url = split(request.url);
    if (!url) {
        return std::unexpected(url.error());
    }
    Pairs pairs;
    for (const std::string_view raw : {url->query, request.form}) {
        if (Result<void> collected = collect(pairs, raw); !collected) {
            return std::unexpected(std::move(collected.error()));
        }
    }
    for (const base::FormField& field : protocol) {
        pairs.emplace_back(percent_encode(field.name), percent_encode(field.value));
    }
    return uppercased(request.method) + "&" + percent_encode(url->base) + "&" +
           percent_encode(normalized(std::move(pairs)));
}

std::string oauth1_signature(std::string_view base_string, const Oauth1Credentials& credentials) {
    // Reserved in advance: a reallocation leaves an unwiped copy of the key in freed memory.
    std::string key;
    key.reserve(3 * (credentials.consumer_secret.size() + credentials.token_secret.size()) + 1);
    base::append_percent_encoded(key, credentials.consumer_secret);
    key += '&';
    base::append_percent_encoded(key, credentials.token_secret);
    const crypto::Sha1Digest digest = crypto::hmac_sha1({.key = key, .message = base_string});
    base::wipe(key);
    return base::base64_encode(crypto::as_text(digest));
}

Result<std::string> oauth1_authorization(const Oauth1Request& request,
                                         const Oauth1Credentials& credentials,
                                         const Oauth1Stamp& stamp,
                                         std::span<const base::FormField> extra) {
    std::vector<base::FormField> protocol(extra.begin(), extra.end());
    protocol.push_back({"oauth_consumer_key", std::string(credentials.consumer_key)});
    protocol.push_back({"oauth_nonce", stamp.nonce});
    protocol.push_back({"oauth_signature_method", "HMAC-SHA1"});
    protocol.push_back({"oauth_timestamp", std::to_string(stamp.seconds)});
    if (!credentials.token.empty()) {
        protocol.push_back({"oauth_token", std::string(credentials.token)});
    }
    protocol.push_back({"oauth_version", "1.0"});

    const Result<std::string> base_string = oauth1_base_string(request, protocol);
    if (!base_string) {
        return std::unexpected(base_string.error());
    }
    protocol.push_back({"oauth_signature", oauth1_signature(*base_string, credentials)});
    std::string header = "OAuth ";
    for (const base::FormField& field : protocol) {
        append_parameter(header, field);
    }
    return header;
}

}  // namespace social::oauth
