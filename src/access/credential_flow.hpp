// The coroutine behind social_credential for one request in one location. Behind the end of
// the request, when it is logged, the value is gone.
#pragma once

#include <string>

#include "access/credential.hpp"
#include "base/secret.hpp"
#include "coro/task.hpp"
#include "ngx/ngx.hpp"
#include "oauth/request_credential.hpp"
#include "request/request_context.hpp"
#include "request/request_task.hpp"

namespace social::ngx {

class CredentialFlow final : public RequestTask<oauth::UserToken> {
public:
    // What a phase handler returns: NGX_DECLINED, NGX_AGAIN, NGX_DONE or a status.
    [[nodiscard]] static ngx_int_t begin(ngx_http_request_t* r, const Credential& credential);

    // The one whose value goes upstream with the request, or nullptr. A subrequest that nginx
    // cloned from a request in its content phase (slice, proxy_cache_background_update) has that
    // of this request, or, for a signature, one of its own with the same token. Throws
    // std::bad_alloc.
    [[nodiscard]] static CredentialFlow* of_sender(ngx_http_request_t* r,
                                                   const Credential& credential);

    // Before a subrequest is logged: hides every credential of its main request from the log.
    // The variables of the other requests stay. Throws std::bad_alloc.
    static void conceal_from_log(ngx_http_request_t* subrequest);

    // Whether it is the one of this pass of the request over the phases.
    [[nodiscard]] bool is_for(const Credential& credential) const noexcept;

    // The same as begin() returns.
    using RequestTask::outcome;

    [[nodiscard]] const Credential& credential() const noexcept { return credential_; }
    [[nodiscard]] const base::Secret& token() const noexcept { return token_.token; }

    // For the request as it is sent upstream now: a signature is made anew where that differs
    // from what was signed before. Empty before the outcome is there, and where the request
    // cannot be signed any more. Throws std::bad_alloc.
    [[nodiscard]] const base::Secret& value();

    CredentialFlow(ngx_http_request_t* r, const Credential& credential);
    CredentialFlow(const CredentialFlow&) = delete;
    CredentialFlow& operator=(const CredentialFlow&) = delete;
    ~CredentialFlow();

private:
    [[nodiscard]] ngx_int_t read_form();
    void obtain_token(base::Secret refused);
    [[nodiscard]] flow::Task<oauth::UserToken> token_task(base::Secret refused);
    void set_token(oauth::UserToken token);
    void sign(oauth::SentRequest request);
    ngx_int_t on_value(oauth::UserToken&& token) override;
    ngx_int_t on_error(const Error& error) override;
    [[nodiscard]] Error late() const override;
    static void on_form(ngx_http_request_t* r) noexcept;

    RequestContext context_;
    const Credential& credential_;
    oauth::UserToken token_;
    std::string form_;  // of the client
    struct {
        oauth::SentRequest request;  // not used by a bearer token
        base::Secret value;
    } signed_;
};

// The token of the application that an upstream has just refused, in an earlier location of
// this request; empty for none.
[[nodiscard]] base::Secret refused_app_token(ngx_http_request_t* r, const Credential& credential);

}  // namespace social::ngx
