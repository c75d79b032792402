#include "flow/exchange_code.hpp"

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "coro/result_task.hpp"
#include "coro/when_all.hpp"
#include "oauth/graph.hpp"

namespace social::flow {

namespace {

using Accounts = std::vector<base::Json>;

Task<oauth::TokenReply> redeem(const oauth::Provider& provider, base::HttpRequest request,
                               Ports& ports) {
    const base::HttpResponse answer = co_await ports.http.send(std::move(request));
    co_return value(oauth::read_token_reply(provider, answer));
}

Task<base::HttpResponse> call_api(const oauth::Provider& provider, std::string url,
                                  base::Secret token, Ports& ports) {
    const oauth::ApiCall call("GET", std::move(url));
    base::HttpRequest request = oauth::api_request(provider, call, token, ports.clock.now());
    co_return co_await ports.http.send(std::move(request));
}

// Reads all pages of the list, up to kMaxAccounts.
Task<Accounts> read_accounts(const oauth::Provider& provider, base::Secret token, Ports& ports) {
    Accounts accounts;
    std::string after;
    for (std::size_t pages = 0; !provider.accounts_url.empty(); ++pages) {
        if (pages == oauth::kMaxAccountPages) {
            throw Failure(Error{Kind::provider_unavailable,
                                "the provider did not list the accounts", "the list has no end"});
        }
        std::string url = oauth::accounts_page_url(provider, after);
        const base::HttpResponse answer = co_await call_api(provider, std::move(url), token, ports);
        oauth::AccountsPage page = value(oauth::read_accounts_page(answer));
        for (base::Json& account : page.accounts) {
            accounts.push_back(std::move(account));
        }
        after = std::move(page.after);
        if (after.empty() || accounts.size() >= oauth::kMaxAccounts) {
            break;
        }
    }
    if (accounts.size() > oauth::kMaxAccounts) {
        accounts.resize(oauth::kMaxAccounts);
    }
    co_return accounts;
}

}  // namespace

Task<oauth::TokenReply> exchange_code_for_tokens(const oauth::Provider& provider,
                                                 const session::Login& login, base::Secret code,
                                                 Ports& ports) {
    base::HttpRequest request = oauth::code_request(provider, login, code);
    oauth::TokenReply tokens = co_await redeem(provider, std::move(request), ports);
    if (provider.type->long_lived) {
        // Only the first token response has the granted scope.
        std::string scope = std::move(tokens.scope);
        base::HttpRequest swap = oauth::token_swap_request(provider, tokens.access_token);
        tokens = co_await redeem(provider, std::move(swap), ports);
        tokens.scope = std::move(scope);
    }
    co_return tokens;
}

Task<base::Json> read_profile(const oauth::Provider& provider, base::Secret token, Ports& ports) {
    const base::HttpResponse answer =
        co_await call_api(provider, provider.profile_url, std::move(token), ports);
    co_return value(oauth::read_profile(provider, answer));
}

TokenSet token_set_from(const oauth::TokenReply& tokens, std::int64_t now) {
    TokenSet token_set;
    token_set.parts.token = tokens.access_token;
    token_set.parts.scope = tokens.scope;
    token_set.parts.expires_at = tokens.lifetime == 0 ? 0 : now + tokens.lifetime;
    token_set.refresh_token = tokens.refresh_token;
    return token_set;
}

Task<TokenSet> exchange_code(const oauth::Provider& provider, const session::Login& login,
                             base::Secret code, Ports& ports) {
    const oauth::TokenReply tokens =
        co_await exchange_code_for_tokens(provider, login, std::move(code), ports);
    TokenSet token_set = token_set_from(tokens, ports.clock.now());
    std::tie(token_set.parts.profile, token_set.parts.accounts) =
        co_await when_all(read_profile(provider, tokens.access_token, ports),
                          read_accounts(provider, tokens.access_token, ports));
    co_return token_set;
}

}  // namespace social::flow
