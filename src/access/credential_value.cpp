// The Authorization value of one upstream request, and its removal from the log.
#include <utility>

#include "access/conceal.hpp"
#include "access/credential_flow.hpp"
#include "access/sent_request.hpp"
#include "coro/result_task.hpp"
#include "request/request_object.hpp"
#include "request/request_state.hpp"

namespace social::ngx {

namespace {

bool is_in_content_phase(const ngx_http_request_t* r) noexcept {
    const auto* core = static_cast<const ngx_http_core_main_conf_t*>(
        ngx_http_get_module_main_conf(r, ngx_http_core_module));
    return core->phase_engine.handlers[r->phase_handler].checker == ngx_http_core_content_phase;
}

}  // namespace

// nginx starts a clone in the content phase, after the handler of social_credential.
CredentialFlow* CredentialFlow::of_sender(ngx_http_request_t* r, const Credential& credential) {
    auto* flow = find_for_request<CredentialFlow>(r);
    for (ngx_http_request_t* at = r; flow == nullptr && at != r->main && is_in_content_phase(at);) {
        at = at->parent;
        flow = find_for_request<CredentialFlow>(at);
    }
    if (flow == nullptr || !flow->is_for(credential) || flow->outcome() != NGX_DECLINED) {
        return nullptr;
    }
    if (flow->request() == r || !is_signed(credential)) {
        return flow;
    }
    auto& own = create_for_request<CredentialFlow>(r, r, credential);
    own.form_ = flow->form_;
    own.token_ = flow->token_;
    own.set_outcome(NGX_DECLINED);
    return &own;
}

const base::Secret& CredentialFlow::value() {
    if (!is_signed(credential_)) {
        return signed_.value;
    }
    oauth::SentRequest now = sent_request(request(), credential_, form_);
    if (now != signed_.request || signed_.value.empty()) {
        sign(std::move(now));
    }
    return signed_.value;
}

// Throws Failure if the query or the form is malformed.
void CredentialFlow::sign(oauth::SentRequest request) {
    signed_.value = {};
    signed_.request = std::move(request);
    signed_.value = flow::value(oauth::request_credential(
        *credential_.provider, token_, signed_.request, context_.worker().ports().clock.now()));
}

void CredentialFlow::set_token(oauth::UserToken token) {
    token_ = std::move(token);
    if (is_signed(credential_)) {
        sign(sent_request(request(), credential_, form_));
    } else {
        signed_.value = oauth::bearer_credential(token_.token);
    }
}

// No other request uses the signature of a subrequest, so it is erased here.
void CredentialFlow::conceal_from_log(ngx_http_request_t* subrequest) {
    bool any = false;
    ngx_http_cleanup_t* entry = subrequest->main->cleanup;
    while (auto* flow = next_object<CredentialFlow>(entry)) {
        if (!std::exchange(any, true)) {
            request_state(subrequest).logged = subrequest;
            copy_variables(subrequest);
        }
        if (flow->request() == subrequest && is_signed(flow->credential_)) {
            forget(subrequest->main, flow->signed_.value);
            conceal(subrequest, flow->signed_.value);
            flow->signed_.value = {};
        } else {
            conceal(subrequest, flow->signed_.value);
        }
    }
}

}  // namespace social::ngx
