// GET /{provider}/callback?…: the provider redirects the browser back (RFC 6749 §4.1.2, RFC 5849
// §2.2).
//
// 1. The reply is malformed, or matches no login of this browser: 400, without a provider call.
// 2. Its redirectUrl no longer belongs to the same registered site: 400, "Wrong site url".
// 3. The login was completed before: 400 with a link to a new login.
// 4. The user denied access at the provider: 403 with the link.
// 5. The provider rejects the code or fails: 502 with the link.
// 6. The session cannot be stored: 503.
// 7. Otherwise 302 to the site, with the id of the new session.
#include "flow/callback.hpp"

#include "coro/result_task.hpp"
#include "endpoint/endpoints.hpp"
#include "oauth/callback_reply.hpp"
#include "session/login_lookup.hpp"
#include "site/redirect_url.hpp"

namespace social::ngx {

namespace {

// The configuration may have changed since the login began. Refuses a redirectUrl that now belongs
// to no site or to another one.
void check_site(RequestContext& context, const session::Login& login) {
    const site::RedirectUrl url = flow::value(site::parse_redirect_url(login.return_to));
    const site::Site& site = *flow::value(context.settings().sites.owner_of(url));
    context.set_site(site);
    if (site.id != login.site) {
        throw flow::Failure(Error{Kind::wrong_site, "Wrong site url", "it has another site now"});
    }
}

// True if the provider redirects browsers to an https: URL, so that the cookie is Secure. That URL
// is the provider's callback_url, or below the public URL.
bool is_secure(RequestContext& context, const oauth::Provider& provider) {
    const std::string& url =
        provider.callback_url.empty() ? context.public_url() : provider.callback_url;
    return url.starts_with("https:");
}

}  // namespace

flow::Task<Answer> callback(RequestContext& context) {
    const oauth::Provider& provider = context.required_provider();
    oauth::CallbackReply reply = flow::value(oauth::parse_callback_reply(context.query()));

    session::LoginLookup lookup;
    lookup.state = reply.state;
    lookup.provider = provider.name;
    lookup.now = context.now();
    lookup.secure = is_secure(context, provider);
    session::Login login =
        flow::value(session::find_login(lookup, context.cookies(), context.worker().keyring()));
    context.add_header(
        "Set-Cookie",
        session::clear_cookie(session::cookie_name(login.id, lookup.secure), lookup.secure));
    check_site(context, login);
    context.offer_try_again(provider, login.return_to);

    Worker& worker = context.worker();
    std::string location = co_await flow::finish_login(provider, std::move(login), std::move(reply),
                                                       worker.sessions(), worker.ports());
    context.set_result("connected");
    co_return redirect_to(std::move(location));
}

}  // namespace social::ngx
