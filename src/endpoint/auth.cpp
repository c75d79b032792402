// GET /{provider}/auth?redirectUrl=…: sends the browser to the provider's login.
//
// 1. The provider is not configured: 404.
// 2. The redirectUrl is missing, malformed or of no registered site: 400, "Wrong site url".
// 3. The gateway's own URL comes from a Host header that is none: 400.
// 4. OAuth 1.0a: the provider gives no request token: 502.
// 5. Otherwise 302 to the provider, with the login sealed in a cookie of its own.
#include <utility>

#include "endpoint/endpoints.hpp"
#include "flow/authorization_request_cache.hpp"
#include "flow/prepare_login.hpp"
#include "session/login_lookup.hpp"
#include "site/registry.hpp"

namespace social::ngx {

namespace {

// A browser that began logins and finished none must not run into the limit on
// the size of a request's headers.
void expire_stale_cookies(RequestContext& context, bool secure) {
    const auto stale = session::stale_login_cookies(
        context.cookies(), {.keyring = context.worker().keyring(), .secure = secure},
        context.now());
    for (const std::string& name : stale) {
        context.add_header("Set-Cookie", session::clear_cookie(name, secure));
    }
}

Result<const flow::AuthorizationTemplate*> start_of(RequestContext& context,
                                                    const oauth::Provider& provider) {
    // nginx cuts a raw fragment off the query; what was cut must not pass as the rest.
    if (context.target().contains('#')) {
        return fail(Kind::wrong_site, "Wrong site url", "a fragment in the request");
    }
    auto found = context.worker().login_starts().find({.provider = provider,
                                                       .public_url = context.stated_public_url(),
                                                       .query = context.query()});
    if (found) {
        context.set_site((*found)->site());
    } else if (found.error().kind == Kind::bad_request) {
        // The log tells whose visitors meet a gateway that does not know its own name.
        const auto destination = site::find_destination(context.settings().sites, context.query());
        if (destination) {
            context.set_site(*destination->site);
        }
    }
    return found;
}

Answer redirect(RequestContext& context, const session::StateCipher& sealer,
                const session::AuthorizationContext& terms, flow::PreparedLogin begun) {
    const bool secure = terms.callback_url.starts_with("https:");
    expire_stale_cookies(context, secure);
    Answer answer = redirect_to(std::move(begun.location));
    answer.headers.push_back(
        {"Set-Cookie",
         session::login_cookie(sealer, begun.login,
                               {.keyring = context.worker().keyring(), .secure = secure})});
    context.set_result("redirected");
    return answer;
}

flow::Task<Answer> ask_provider(RequestContext& context, const oauth::Provider& provider,
                                session::AuthorizationContext terms) {
    context.offer_try_again(provider, terms.return_to);
    flow::PreparedLogin begun =
        co_await flow::prepare_login(provider, terms, context.worker().ports());
    co_return redirect(context, session::StateCipher(terms), terms, std::move(begun));
}

}  // namespace

// What anybody can ask for is refused without an exception, which would cost more than all
// the rest of the answer.
HandlerResult auth(RequestContext& context) {
    const oauth::Provider& provider = context.required_provider();
    const Result<const flow::AuthorizationTemplate*> found = start_of(context, provider);
    if (!found) {
        return context.error_answer(found.error());
    }
    const flow::AuthorizationTemplate& start = **found;
    if (auto begun = flow::try_prepare_login(provider, start, context.worker().ports().clock)) {
        return redirect(context, start.sealer(), start.terms(), std::move(*begun));
    }
    // A copy of the terms: the start may be forgotten while the provider is asked.
    return ask_provider(context, provider, start.terms());
}

}  // namespace social::ngx
