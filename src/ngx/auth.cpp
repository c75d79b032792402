// GET /{provider}/auth?redirectUrl=…: sends the browser to the provider's login.
//
// 1. The provider is not configured: 404.
// 2. The redirectUrl is missing, malformed or of no registered site: 400, "Wrong site url".
// 3. OAuth 1.0a: the provider gives no request token: 502.
// 4. Otherwise 302 to the provider, with the login sealed in a cookie of its own.
#include <optional>
#include <utility>

#include "flow/sign_in.hpp"
#include "ngx/endpoints.hpp"
#include "session/login_lookup.hpp"
#include "site/destination.hpp"

namespace social::ngx {

namespace {

// A browser that began logins and finished none must not run into the limit on
// the size of a request's headers.
void expire_stale_cookies(Exchange& exchange, bool secure) {
    const auto stale = session::stale_login_cookies(exchange.cookies(), exchange.worker().keyring(),
                                                    exchange.now());
    for (const std::string& name : stale) {
        exchange.add_header("Set-Cookie", session::clear_cookie(name, secure));
    }
}

Result<const site::Destination*> destination(Exchange& exchange) {
    // nginx cuts a raw fragment off the query; what was cut must not pass as the rest.
    if (exchange.target().contains('#')) {
        return fail(Kind::wrong_site, "Wrong site url", "a fragment in the request");
    }
    const Result<const site::Destination*> found =
        exchange.worker().destinations().find(exchange.query());
    if (found) {
        exchange.set_site(*(*found)->site);
    }
    return found;
}

}  // namespace

// What anybody can ask for is refused without an exception, which would cost more than all
// the rest of the answer.
flow::Task<Answer> auth(Exchange& exchange) {
    const oauth::Provider& provider = exchange.required_provider();
    const Result<const site::Destination*> wanted = destination(exchange);
    if (!wanted) {
        co_return exchange.refuse(wanted.error());
    }
    flow::SignInRequest request;
    request.site = (*wanted)->site->id;
    request.return_to = (*wanted)->return_to;
    request.callback_url = exchange.callback_url(provider);
    flow::Ports& ports = exchange.worker().ports();
    std::optional<flow::SignIn> begun = flow::sign_in_now(provider, request, ports.clock);
    if (!begun) {
        exchange.offer_try_again(provider, request.return_to);
        begun = co_await flow::sign_in(provider, std::move(request), ports);
    }
    const bool secure = begun->login.callback_url.starts_with("https:");
    expire_stale_cookies(exchange, secure);
    Answer answer = redirect_to(std::move(begun->location));
    answer.headers.push_back(
        {"Set-Cookie", session::login_cookie(begun->login, exchange.worker().keyring(), secure)});
    exchange.set_result("redirected");
    co_return answer;
}

}  // namespace social::ngx
