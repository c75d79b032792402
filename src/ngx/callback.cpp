// GET /{provider}/callback?…: the provider sends the browser back (RFC 6749 §4.1.2,
// RFC 5849 §2.2).
//
// 1. The reply is malformed, or fits no login of this browser: 400, nobody is asked.
// 2. The login was finished before: 400 with the link to a fresh one.
// 3. The user said no at the provider: 403 with the link.
// 4. The provider rejects the code or fails: 502 with the link.
// 5. The session cannot be stored: 503.
// 6. Otherwise 302 to the site, with the id of the new session.
#include "flow/callback.hpp"

#include "flow/failure.hpp"
#include "ngx/endpoints.hpp"
#include "oauth/callback_reply.hpp"
#include "session/login_lookup.hpp"

namespace social::ngx {

flow::Task<Answer> callback(Exchange& exchange) {
    const oauth::Provider& provider = exchange.required_provider();
    oauth::CallbackReply reply = flow::value(oauth::parse_callback_reply(exchange.query()));

    session::LoginLookup lookup;
    lookup.state = reply.state;
    lookup.provider = provider.name;
    lookup.now = exchange.now();
    session::Login login =
        flow::value(session::find_login(lookup, exchange.cookies(), exchange.worker().keyring()));
    exchange.offer_try_again(provider, login.return_to);
    const bool secure = login.callback_url.starts_with("https:");
    exchange.add_header("Set-Cookie",
                        session::clear_cookie(session::cookie_name(login.id, secure), secure));

    Worker& worker = exchange.worker();
    std::string location = co_await flow::finish_login(provider, std::move(login), std::move(reply),
                                                       worker.sessions(), worker.ports());
    exchange.set_result("connected");
    co_return redirect_to(std::move(location));
}

}  // namespace social::ngx
