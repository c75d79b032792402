#include "ngx/credential_flow.hpp"

#include <new>
#include <utility>

#include "flow/credential.hpp"
#include "flow/result_task.hpp"
#include "loop/error_log.hpp"
#include "loop/guard.hpp"
#include "ngx/conceal.hpp"
#include "ngx/envelope.hpp"
#include "ngx/identity.hpp"
#include "ngx/sent_request.hpp"

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

// The status for nginx to finalize with; the envelope filter sends the answer with it, but not
// for a subrequest, whose status another request judges.
ngx_int_t refuse_with(ngx_http_request_t* r, Answer refusal) {
    if (r != r->main) {
        return refusal.status;
    }
    const Answer& answer = create<Answer>(r->pool, std::move(refusal));
    identity(r).refusal = {
        .answer = &answer, .status = answer.status, .uri_changes = r->uri_changes};
    return answer.status;
}

}  // namespace

// A clone has none of its own.
base::Secret refused_app_token(ngx_http_request_t* r, const Credential& credential) {
    const CredentialFlow* before = nullptr;
    for (ngx_http_request_t* at = r; at != nullptr && before == nullptr; at = at->parent) {
        before = CredentialFlow::find(at);
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
    : PhaseFlow(r), exchange_(r), credential_(credential) {
    exchange_.presentation().medium = Medium::envelope;
    exchange_.presentation().provider = credential.provider->name;
    identity(r).provider = as_ngx(credential.provider->name);
}

CredentialFlow& CredentialFlow::make(ngx_http_request_t* r, const Credential& credential) {
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(r, 0);
    void* memory = ngx_palloc(r->pool, sizeof(CredentialFlow));
    if (cleanup == nullptr || memory == nullptr) {
        throw std::bad_alloc();
    }
    auto* flow = new (memory) CredentialFlow(r, credential);
    cleanup->handler = &CredentialFlow::on_request_end;
    cleanup->data = flow;
    return *flow;
}

ngx_int_t CredentialFlow::begin(ngx_http_request_t* r, const Credential& credential) {
    base::Secret refused = refused_app_token(r, credential);
    CredentialFlow& flow = make(r, credential);
    if (is_signed(credential) && has_form(r)) {
        return flow.read_form();
    }
    flow.start(std::move(refused));
    return flow.outcome_;
}

CredentialFlow* CredentialFlow::find(ngx_http_request_t* r) noexcept {
    for (ngx_http_cleanup_t* entry = r->main->cleanup; entry != nullptr; entry = entry->next) {
        if (entry->handler == &CredentialFlow::on_request_end) {
            auto* flow = static_cast<CredentialFlow*>(entry->data);
            if (flow->exchange_.request() == r) {
                return flow;
            }
        }
    }
    return nullptr;
}

bool CredentialFlow::is_for(const Credential& credential) const noexcept {
    return &credential_ == &credential && !is_superseded();
}

// As nginx's mirror module reads it: the reference that reading takes is given back at once,
// since a request in this phase lives without one.
ngx_int_t CredentialFlow::read_form() {
    ngx_http_request_t* r = exchange_.request();
    const ngx_int_t rc = ngx_http_read_client_request_body(r, &CredentialFlow::on_form);
    if (rc >= NGX_HTTP_SPECIAL_RESPONSE) {
        return rc;
    }
    ngx_http_finalize_request(r, NGX_DONE);
    return NGX_DONE;
}

void CredentialFlow::on_form(ngx_http_request_t* r) noexcept {
    CredentialFlow* self = find(r);
    if (self == nullptr) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }
    const bool begun = loop::guard(r->connection->log, "request body", false, [self, r] {
        std::optional<std::string> form = form_of(r);
        if (!form) {
            self->outcome_ = refuse_with(r, form_too_long());
            return true;
        }
        self->form_ = std::move(*form);
        self->start({});
        return true;
    });
    if (!begun) {
        self->outcome_ = NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (self->outcome_ != NGX_AGAIN) {
        self->go_on();
    }
}

void CredentialFlow::start(base::Secret refused) {
    ngx_http_request_t* r = exchange_.request();
    const oauth::Provider& provider = *credential_.provider;
    Worker& worker = exchange_.worker();
    switch (credential_.kind) {
        case CredentialKind::session: {
            flow::SessionUser user;
            user.id = text_of(r, *credential_.session);
            user.site = view(identity(r).site);
            task_ = flow::user_token(provider, std::move(user), worker.renewals());
            break;
        }
        case CredentialKind::app:
            task_ = app_token(provider, std::move(refused), worker.app_tokens());
            break;
        case CredentialKind::owner:
            task_ = owner_token(provider);
            break;
        case CredentialKind::off:
            outcome_ = NGX_DECLINED;
            return;
    }
    task_.start(*this);
    if (!settle()) {
        park();
    }
}

bool CredentialFlow::settle() noexcept {
    const bool done = task_.done();
    if (done) {
        take_outcome();
    }
    return done;
}

// Frames end before the request may: they refer to it.
void CredentialFlow::take_outcome() noexcept {
    Error error;
    try {
        set_token(task_.take());
        outcome_ = NGX_DECLINED;
    } catch (const flow::Failure& failure) {
        error = failure.error();
    } catch (const std::bad_alloc&) {
        error.what = "out of memory";
    } catch (const std::exception&) {
        error.what = "unexpected exception";
    }
    task_.reset();
    leave();
    if (outcome_ != NGX_DECLINED) {
        refuse(error);
    }
}

// nginx answers, so that error_page works; the envelope filter gives it the words.
void CredentialFlow::refuse(const Error& error) noexcept {
    ngx_http_request_t* r = exchange_.request();
    loop::log_error(r->connection->log, error, exchange_.presentation().provider);
    outcome_ = loop::guard(r->connection->log, "error answer",
                           ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [this, r, &error] {
                               exchange_.set_result(result_word(error.kind));
                               return refuse_with(r, present(error, exchange_.presentation()));
                           });
}

void CredentialFlow::on_request_end(void* flow) noexcept {
    auto* self = static_cast<CredentialFlow*>(flow);
    conceal(self->request(), self->signed_.value);
    self->~CredentialFlow();
}

void CredentialFlow::give_up() noexcept {
    task_.reset();
    refuse(Error{Kind::provider_unavailable, "the provider did not answer in time", {}});
}

}  // namespace social::ngx
