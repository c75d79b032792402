#include "flow/callback.hpp"

#include <tuple>
#include <utility>
#include <vector>

#include "flow/failure.hpp"
#include "flow/when_all.hpp"
#include "oauth/graph.hpp"
#include "oauth/session_body.hpp"
#include "oauth/token_reply.hpp"
#include "site/redirect_url.hpp"

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

Task<base::Json> read_profile(const oauth::Provider& provider, base::Secret token, Ports& ports) {
    const base::HttpResponse answer =
        co_await call_api(provider, provider.profile_url, std::move(token), ports);
    co_return value(oauth::read_profile(provider, answer));
}

// All pages of the list, up to kMaxAccounts.
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

// The token of the code, and the one that lives longer where the provider has such.
Task<oauth::TokenReply> obtain_tokens(const oauth::Provider& provider, const session::Login& login,
                                      base::Secret code, Ports& ports) {
    base::HttpRequest request = oauth::code_request(provider, login, code);
    oauth::TokenReply tokens = co_await redeem(provider, std::move(request), ports);
    if (provider.type->long_lived) {
        base::HttpRequest swap = oauth::token_swap_request(provider, tokens.access_token);
        tokens = co_await redeem(provider, std::move(swap), ports);
    }
    co_return tokens;
}

}  // namespace

Task<std::string> finish_login(const oauth::Provider& provider, session::Login login,
                               oauth::CallbackReply reply, Sessions& sessions, Ports& ports) {
    const bool first = co_await ports.store.spend(login.id, session::kLoginLifetime);
    if (!first) {
        throw Failure(Error{Kind::bad_callback, "This login was finished before", {}});
    }
    base::Secret code = value(oauth::granted_code(reply));
    const site::RedirectUrl url = value(site::parse_redirect_url(login.return_to));
    const oauth::TokenReply tokens =
        co_await obtain_tokens(provider, login, std::move(code), ports);

    const std::int64_t now = ports.clock.now();
    oauth::SessionParts parts;
    parts.token = tokens.access_token;
    parts.scope = tokens.scope;
    parts.expires_at = tokens.lifetime == 0 ? 0 : now + tokens.lifetime;
    std::tie(parts.profile, parts.accounts) =
        co_await when_all(read_profile(provider, tokens.access_token, ports),
                          read_accounts(provider, tokens.access_token, ports));

    session::Record record;
    record.site = std::move(login.site);
    record.provider = provider.name;
    record.user_id = oauth::user_id_of(parts.profile);
    record.body = value(oauth::session_body(provider.type->shape, parts));
    record.access_token = tokens.access_token;
    record.refresh_token = tokens.refresh_token;
    record.token_issued_at = now;
    record.token_expires_at = parts.expires_at;
    const session::SessionId id = co_await sessions.open(std::move(record));

    co_return site::with_session_id(url, id.text, provider.type->return_fragment);
}

}  // namespace social::flow
