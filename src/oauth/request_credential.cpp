#include "oauth/request_credential.hpp"

#include "oauth/oauth1_login.hpp"
#include "oauth/oauth1_signature.hpp"

namespace social::oauth {

namespace {

base::Secret take(std::string& text) {
    base::Secret secret(text);
    base::wipe(text);
    return secret;
}

// The index of "/prefix" in "https://host/prefix", or the size.
std::size_t path_of(std::string_view url) noexcept {
    const std::size_t slash = url.find('/', url.find("://") + 3);
    return slash == std::string_view::npos ? url.size() : slash;
}

bool is_below(std::string_view uri, std::string_view path) noexcept {
    return uri.starts_with(path) &&
           (uri.size() == path.size() || uri[path.size()] == '/' || uri[path.size()] == '?');
}

}  // namespace

std::string url_at_provider(const Provider& provider, std::string_view uri) {
    const std::string_view api = provider.api_url;
    const std::size_t path = path_of(api);
    std::string url(is_below(uri, api.substr(path)) ? api.substr(0, path) : api);
    url += uri;
    return url;
}

Result<base::Secret> request_credential(const Provider& provider, const UserToken& user,
                                        const SentRequest& request, std::int64_t now) {
    if (provider.type->protocol != Protocol::oauth1) {
        return bearer_credential(user.token);
    }
    const std::string url = url_at_provider(provider, request.uri);
    Result<std::string> header =
        oauth1_authorization({.method = request.method, .url = url, .form = request.form},
                             {.consumer_key = provider.client_id,
                              .consumer_secret = provider.client_secret.reveal(),
                              .token = user.token.reveal(),
                              .token_secret = user.secret.reveal()},
                             make_stamp(now));
    if (!header) {
        return std::unexpected(std::move(header.error()));
    }
    return take(*header);
}

base::Secret bearer_credential(const base::Secret& token) {
    std::string header = "Bearer ";
    header += token.reveal();
    return take(header);
}

}  // namespace social::oauth
