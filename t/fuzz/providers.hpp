// The targets that read what providers answer: one provider of each type of the catalogue, and
// what holds for every request that is made of an answer and for every error that tells of one.
#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/http_message.hpp"
#include "fuzz.hpp"
#include "http_client/target.hpp"
#include "oauth/provider.hpp"

namespace social::fuzz {

inline constexpr std::int64_t kNow = 1'700'000'000;  // Unix seconds

[[nodiscard]] inline oauth::Provider provider_of(const oauth::ProviderType& row) {
    oauth::ProviderSettings settings;
    settings.name = row.name;
    settings.type = row.name;
    settings.client_id = "1234567890";
    settings.client_secret = base::Secret("0123456789abcdef0123456789abcdef");
    settings.authorize_url = row.authorize_url.empty() ? "https://id.example/authorize" : "";
    settings.token_url = row.token_path.empty() ? "https://id.example/token" : "";
    if (row.profile_path.empty() && row.shape != oauth::SessionShape::oauth1_profile) {
        settings.profile_url = "https://id.example/me";
    }
    if (row.protocol == oauth::Protocol::oauth1 && row.request_token_path.empty()) {
        settings.request_token_url = "https://id.example/request";
    }
    if (row.protocol == oauth::Protocol::oidc && row.issuer.empty()) {
        settings.issuer = "https://id.example";
    }
    auto made = oauth::make_provider(std::move(settings));
    require(made.has_value());
    return std::move(*made);
}

// In the order of the catalogue.
[[nodiscard]] inline const std::vector<oauth::Provider>& providers() {
    static const std::vector<oauth::Provider> all = [] {
        std::vector<oauth::Provider> made;
        for (const oauth::ProviderType& row : oauth::catalogue()) {
            made.push_back(provider_of(row));
        }
        return made;
    }();
    return all;
}

// The provider that the next line names; any for another text.
[[nodiscard]] inline const oauth::Provider& take_provider(std::string_view& rest) {
    const std::string_view name = take_line(rest);
    const auto named = std::ranges::find(providers(), name, &oauth::Provider::name);
    return named == providers().end() ? providers()[name.size() % providers().size()] : *named;
}

// A line with the status, header lines, an empty line, the body. Where the first line is no
// status, the whole is the body of a 200.
[[nodiscard]] inline base::HttpResponse take_response(std::string_view rest) {
    base::HttpResponse response;
    response.status = 200;
    std::string_view behind = rest;
    const std::int64_t status = take_number(behind);
    if (status >= 100 && status <= 599) {
        response.status = static_cast<int>(status);
        rest = behind;
        for (std::string_view line = take_line(rest); !line.empty(); line = take_line(rest)) {
            const std::size_t colon = std::min(line.find(':'), line.size());
            response.headers.push_back(
                {std::string(line.substr(0, colon)),
                 std::string(base::trimmed(line.substr(std::min(colon + 1, line.size()))))});
        }
    }
    response.body = rest;
    return response;
}

// The client takes the request: its URL and headers hold nothing that could end a line.
inline void check_request(const base::HttpRequest& request) {
    require(loop::target_of(request).has_value());
}

// Of an answer that cannot be used. Tokens never get into the text: codes alone do.
inline void check_error(const Error& error) {
    require(error.kind == Kind::provider_rejected || error.kind == Kind::provider_unavailable);
    require(!error.what.empty() && error.detail.size() <= 256);
    require(std::ranges::all_of(error.detail, [](char c) { return c >= 0x20 && c < 0x7f; }));
}

}  // namespace social::fuzz
