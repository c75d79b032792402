// GET /{provider}/session?sessionId=…: the landing page for sites with the gateway's own host as
// redirectUrl. It shows only a session id that the keyring opens. It reflects no other part of the
// URL.
#include "base/form.hpp"
#include "coro/result_task.hpp"
#include "endpoint/endpoints.hpp"
#include "session/session_id.hpp"

namespace social::ngx {

flow::Task<Answer> landing(RequestContext& context) {
    const oauth::Provider& provider = context.required_provider();
    context.offer_try_again(provider, context.public_url() + '/' + provider.name + "/session");

    const base::Form form = flow::value(base::Form::parse(context.query()));
    const base::Found id = form.find("sessionId");
    if (!id.once() || !session::open_session_id(id.value, context.worker().keyring())) {
        throw flow::Failure(Error{Kind::bad_callback, "No session", "sessionId is none of ours"});
    }
    page::Fields fields;
    fields.provider = provider.brand;
    fields.session_id = id.value;
    context.set_result("landed");
    co_return page_answer(200, page::PageName::landing, fields, context.presentation());
}

}  // namespace social::ngx
