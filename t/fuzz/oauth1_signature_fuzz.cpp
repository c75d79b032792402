// The OAuth 1.0a signature of a request that a client sends through the gateway. Lines of the
// input: method, path and query; the rest is the form. The base string is compared with one that
// is composed step by step as RFC 5849 §3.4.1 has it.
#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "base/base64.hpp"
#include "base/form.hpp"
#include "base/percent.hpp"
#include "oauth/oauth1_signature.hpp"
#include "oauth/request_credential.hpp"
#include "providers.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

// Nothing where the query or the form cannot be read.
std::optional<std::string> reference(std::string_view method, std::string_view uri,
                                     std::string_view form) {
    uri = uri.substr(0, uri.find('#'));
    const std::size_t question = std::min(uri.find('?'), uri.size());
    const std::string_view query = uri.substr(std::min(question + 1, uri.size()));
    std::multimap<std::string, std::string> sorted{{"oauth_nonce", "n"}};
    for (const std::string_view raw : {query, form}) {
        const auto read = base::Form::parse(raw, {.bytes = 1024 * 1024, .fields = 4096});
        if (!read) {
            return std::nullopt;
        }
        for (const base::FormField& field : read->fields()) {
            sorted.emplace(base::percent_encode(field.name), base::percent_encode(field.value));
        }
    }
    std::string parameters;
    while (!sorted.empty()) {
        // The least value of the least name.
        const auto [begin, end] = sorted.equal_range(sorted.begin()->first);
        const auto least = std::min_element(
            begin, end, [](const auto& a, const auto& b) { return a.second < b.second; });
        parameters += (parameters.empty() ? "" : "&") + least->first + "=" + least->second;
        sorted.erase(least);
    }
    const std::string url = "https://api.x.com" + std::string(uri.substr(0, question));
    std::string upper(method);
    std::ranges::transform(upper, upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return upper + "&" + base::percent_encode(url) + "&" + base::percent_encode(parameters);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const oauth::Provider twitter = provider_of(*oauth::find_type("twitter"));
    std::string_view form = text_of(data, size);
    oauth::SentRequest request;
    request.method = take_line(form);
    request.uri = "/" + std::string(take_line(form));
    request.form = form;

    const std::string url = oauth::url_at_provider(twitter, request.uri);
    require(url == "https://api.x.com" + request.uri);
    const auto base_string =
        oauth::oauth1_base_string({.method = request.method, .url = url, .form = request.form},
                                  std::vector<base::FormField>{{"oauth_nonce", "n"}});
    const auto expected = reference(request.method, request.uri, form);
    require(base_string.has_value() == expected.has_value());
    require(!base_string || *base_string == *expected);

    oauth::UserToken user;
    user.token = base::Secret("token");
    user.secret = base::Secret("secret");
    const auto credential = oauth::request_credential(twitter, user, request, kNow);
    require(credential.has_value() == expected.has_value());
    if (!credential) {
        require(credential.error().kind == Kind::bad_request);
        return 0;
    }
    const std::string_view header = credential->reveal();
    require(header.starts_with("OAuth oauth_consumer_key=\""));
    require(std::ranges::all_of(header, [](char c) { return c >= 0x20 && c < 0x7f; }));
    return 0;
}
