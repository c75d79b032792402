#include "access/credential_flow.hpp"

#include <optional>
#include <utility>

#include "access/conceal.hpp"
#include "access/sent_request.hpp"
#include "flow/credential.hpp"
#include "loop/error_log.hpp"
#include "request/envelope.hpp"
#include "request/request_object.hpp"
#include "request/request_state.hpp"

namespace social::ngx {

namespace {

flow::Task<oauth::UserToken> app_token(const oauth::Provider& provider, base::Secret refused,
                                       flow::AppTokens tokens) {
    if (!refused.empty()) {
        static_cast<void>(co_await flow::drop_app_token(provider, std::move(refused), tokens));
    }
    oauth::UserToken user;
    user.token = co_await flow::app_token(provider, tokens);
    co_return user;
}

flow::Task<oauth::UserToken> owner_token(const oauth::Provider& provider) {
    oauth::UserToken user;
    user.token = provider.owner_token;
    user.secret = provider.owner_token_secret;
    co_return user;
}

Answer form_too_long() {
    constexpr int kStatus = NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    return Answer(kStatus, kJson,
                  to_json({.status = kStatus,
                           .user_message = "The form is larger than 1 MiB, which is too long to be "
                                           "signed"}));
}

// A subrequest returns its status only: the parent request evaluates it.
ngx_int_t refuse_credential(ngx_http_request_t* r, Answer refusal) {
    if (r != r->main) {
        return refusal.status;
    }
    const Answer& answer = create<Answer>(r->pool, std::move(refusal));
    return refuse_with(r, answer, answer.status);
}

}  // namespace

// Walks up the parents: a cloned subrequest has no flow of its own.
base::Secret refused_app_token(ngx_http_request_t* r, const Credential& credential) {
    const CredentialFlow* before = nullptr;
    for (ngx_http_request_t* at = r; at != nullptr && before == nullptr; at = at->parent) {
        before = find_for_request<CredentialFlow>(at);
    }
    const ngx_array_t* states = r->upstream_states;
    if (before == nullptr || before->credential().kind != CredentialKind::app ||
        before->credential().provider != credential.provider || states == nullptr ||
        states->nelts == 0) {
        return {};
    }
    const auto* last =
        static_cast<const ngx_http_upstream_state_t*>(states->elts) + (states->nelts - 1);
    return last->status == NGX_HTTP_UNAUTHORIZED ? before->token() : base::Secret();
}

CredentialFlow::CredentialFlow(ngx_http_request_t* r, const Credential& credential)
    : RequestTask(r, WaitsIn::phase), context_(r), credential_(credential) {
    context_.presentation().medium = ResponseFormat::envelope;
    context_.presentation().provider = credential.provider->name;
    request_state(r).provider = as_ngx(credential.provider->name);
}

CredentialFlow::~CredentialFlow() {
    cancel();
    conceal(request(), signed_.value);
}

ngx_int_t CredentialFlow::begin(ngx_http_request_t* r, const Credential& credential) {
    base::Secret refused = refused_app_token(r, credential);
    auto& flow = create_for_request<CredentialFlow>(r, r, credential);
    if (is_signed(credential) && has_form(r)) {
        return flow.read_form();
    }
    flow.obtain_token(std::move(refused));
    return flow.outcome();
}

bool CredentialFlow::is_for(const Credential& credential) const noexcept {
    return &credential_ == &credential && !is_superseded();
}

// As in nginx's mirror module: reading the body takes a reference, which is released at once. A
// request in this phase holds none.
ngx_int_t CredentialFlow::read_form() {
    ngx_http_request_t* r = context_.request();
    const ngx_int_t rc = ngx_http_read_client_request_body(r, &CredentialFlow::on_form);
    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }
    ngx_http_finalize_request(r, NGX_DONE);
    return NGX_DONE;
}

void CredentialFlow::on_form(ngx_http_request_t* r) noexcept {
    auto* self = find_for_request<CredentialFlow>(r);
    if (self == nullptr) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }
    self->set_outcome(self->outcome_of([self, r] {
        std::optional<std::string> form = form_of(r);
        if (!form) {
            return refuse_credential(r, form_too_long());
        }
        self->form_ = std::move(*form);
        self->obtain_token({});
        return self->outcome();
    }));
    if (self->outcome() != NGX_AGAIN) {
        self->go_on();
    }
}

void CredentialFlow::obtain_token(base::Secret refused) {
    if (!start(token_task(std::move(refused)))) {
        suspend();
    }
}

flow::Task<oauth::UserToken> CredentialFlow::token_task(base::Secret refused) {
    const oauth::Provider& provider = *credential_.provider;
    Worker& worker = context_.worker();
    if (credential_.kind == CredentialKind::app) {
        return app_token(provider, std::move(refused), worker.app_tokens());
    }
    if (credential_.kind == CredentialKind::owner) {
        return owner_token(provider);
    }
    flow::SessionUser user;
    user.id = text_of(request(), *credential_.session);
    user.site = view(request_state(request()).site);
    return flow::user_token(provider, std::move(user), worker.refresh_context());
}

ngx_int_t CredentialFlow::on_value(oauth::UserToken&& token) {
    set_token(std::move(token));
    return NGX_DECLINED;
}

ngx_int_t CredentialFlow::on_error(const Error& error) {
    loop::log_error(request()->connection->log, error, context_.presentation().provider);
    context_.set_result(result_word(error.kind));
    return refuse_credential(request(), present(error, context_.presentation()));
}

Error CredentialFlow::late() const {
    return {Kind::provider_unavailable, "the provider did not answer in time", {}};
}

}  // namespace social::ngx
