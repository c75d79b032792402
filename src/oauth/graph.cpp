#include "oauth/graph.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "crypto/digest.hpp"
#include "oauth/form_text.hpp"
#include "oauth/provider_error.hpp"

namespace social::oauth {

namespace {

constexpr std::string_view kProfileStep = "the provider did not say who the user is";
constexpr std::string_view kAccountsStep = "the provider did not list the accounts";

std::string_view take_word(std::string_view& rest, char separator) noexcept {
    const std::string_view word = rest.substr(0, rest.find(separator));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
}

// Integers become strings: every id in the session JSON is a string.
base::Json as_text(const base::Json& value) {
    const std::optional<std::string> text = value.id();
    return text ? base::Json::string(*text) : base::Json();
}

base::Json kept_members(const base::Json& profile, std::string_view names) {
    if (names.empty()) {
        return profile;
    }
    base::Json kept = base::Json::object();
    for (std::string_view rest = names; !rest.empty();) {
        const std::string_view name = take_word(rest, ',');
        kept.set(name, as_text(profile.member(name)));
    }
    return kept;
}

base::Json unwrapped(base::Json body, std::string_view path) {
    while (!path.empty()) {
        body = body.member(take_word(path, '.'));
    }
    return body;
}

// A cursor is opaque, but part of a URL.
bool is_cursor(std::string_view text) noexcept {
    constexpr std::size_t kLongest = 1024;
    return !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, base::is_visible);
}

}  // namespace

std::string appsecret_proof(const Provider& provider, const base::Secret& token, std::int64_t now) {
    const std::string time = std::to_string(now);
    // Reserved in advance: a reallocation leaves an unwiped copy of the token in freed memory.
    std::string message;
    message.reserve(token.reveal().size() + 1 + time.size());
    message += token.reveal();
    message += '|';
    message += time;
    const crypto::Sha256Digest proof =
        crypto::hmac_sha256({.key = provider.client_secret.reveal(), .message = message});
    base::wipe(message);
    return crypto::hex(proof);
}

base::HttpRequest api_request(const Provider& provider, const ApiCall& call,
                              const base::Secret& token, std::int64_t now) {
    FormText url(call.url);
    if (provider.type->appsecret_proof) {
        url.add({"appsecret_proof", appsecret_proof(provider, token, now)});
        url.add({"appsecret_time", std::to_string(now)});
    }
    base::HttpRequest request(call.method, url.text());
    std::string credential = "Bearer ";
    credential += token.reveal();
    request.headers.push_back({"Authorization", std::move(credential)});
    request.headers.push_back({"Accept", "application/json"});
    request.ca_file = provider.ca_file;
    request.timeout = provider.timeout;
    return request;
}

Result<base::Json> read_profile(const Provider& provider, const base::HttpResponse& response) {
    Result<base::Json> body = read_object(response, kProfileStep);
    if (!body) {
        return body;
    }
    const base::Json profile = unwrapped(*body, provider.type->profile_wrapper);
    if (!profile.is_object()) {
        return std::unexpected(unusable_answer({.step = kProfileStep, .missing = "profile"}));
    }
    base::Json kept = kept_members(profile, provider.type->profile_members);
    if (!provider.type->profile_members.empty() && user_id_of(kept).empty()) {
        return std::unexpected(unusable_answer({.step = kProfileStep, .missing = "id"}));
    }
    return kept;
}

std::string user_id_of(const base::Json& profile) {
    constexpr std::array<std::string_view, 4> kNames{"id", "sub", "user_id", "open_id"};
    for (const std::string_view name : kNames) {
        if (auto id = profile.member(name).id()) {
            return std::move(*id);
        }
    }
    return {};
}

Result<AccountsPage> read_accounts_page(const base::HttpResponse& response) {
    const Result<base::Json> body = read_object(response, kAccountsStep);
    if (!body) {
        return std::unexpected(body.error());
    }
    const base::Json data = body->member("data");
    if (!data.is_array()) {
        return std::unexpected(unusable_answer({.step = kAccountsStep, .missing = "data"}));
    }
    AccountsPage page;
    for (std::size_t i = 0; i < data.size(); ++i) {
        page.accounts.push_back(data.at(i));
        if (!page.accounts.back().is_object() || !page.accounts.back().member("id").id()) {
            return std::unexpected(
                unusable_answer({.step = kAccountsStep, .missing = "account id"}));
        }
    }
    // Graph: a page without `next` is the last, even if it has cursors.
    const base::Json paging = body->member("paging");
    if (paging.member("next").is_string()) {
        page.after = paging.member("cursors").member("after").text().value_or("");
        if (!is_cursor(page.after)) {
            return std::unexpected(unusable_answer({.step = kAccountsStep, .missing = "cursor"}));
        }
    }
    return page;
}

std::string accounts_page_url(const Provider& provider, std::string_view after) {
    FormText url(provider.accounts_url);
    if (!after.empty()) {
        url.add({"after", after});
    }
    return url.text();
}

}  // namespace social::oauth
