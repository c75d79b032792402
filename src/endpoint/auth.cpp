// GET /{provider}/auth?redirectUrl=…: redirects the browser to the provider's authorization
// endpoint (RFC 6749 §4.1.1, RFC 5849 §2.2).
//
// 1. The provider is not configured: 404.
// 2. The redirectUrl is missing, malformed or of no registered site: 400, "Wrong site url".
// 3. The gateway's URL is derived from a missing or malformed Host header: 400.
// 4. OAuth 1.0a: the provider issues no temporary credentials (RFC 5849 §2.1): 502.
// 5. Otherwise 302 to the provider. A cookie of this login holds the sealed state.
#include <utility>

#include "endpoint/endpoints.hpp"
#include "flow/authorization_request_cache.hpp"
#include "flow/prepare_login.hpp"
#include "session/login_lookup.hpp"
#include "site/registry.hpp"

namespace social::ngx {

namespace {

// Abandoned logins leave cookies: they must not exceed the limit of the request header size.
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
    // nginx cuts off a raw fragment. The rest must not pass for the whole query.
    if (context.target().contains('#')) {
        return fail(Kind::wrong_site, "Wrong site url", "a fragment in the request");
    }
    auto found = context.worker().login_starts().find({.provider = provider,
                                                       .public_url = context.stated_public_url(),
                                                       .query = context.query()});
    if (found) {
        context.set_site((*found)->site());
    } else if (found.error().kind == Kind::bad_request) {
        // Sets $social_site, so that the log names the site although the public URL is invalid.
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

// An exception would cost more than the rest of the response. Unauthenticated clients can trigger
// these errors at any rate, so this function returns them.
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
    // Copies the context: the cache may evict the template while the provider is called.
    return ask_provider(context, provider, start.terms());
}

}  // namespace social::ngx
