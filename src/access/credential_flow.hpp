// The coroutine of social_credential for one request in one location. The value is erased when the
// request ends, before the log phase.
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
    // Returns a phase handler's code: NGX_DECLINED, NGX_AGAIN, NGX_DONE or a status.
    [[nodiscard]] static ngx_int_t begin(ngx_http_request_t* r, const Credential& credential);

    // The flow whose value nginx sends upstream with the request, or nullptr. slice and
    // proxy_cache_background_update clone a request in its content phase. A clone shares the flow
    // of its parent. If the value is a signature, the clone gets its own flow with the same token.
    // Throws std::bad_alloc.
    [[nodiscard]] static CredentialFlow* of_sender(ngx_http_request_t* r,
                                                   const Credential& credential);

    // Called before a subrequest is logged: conceals every credential of its main request. Copies
    // the variables first, so those of other requests stay. Throws std::bad_alloc.
    static void conceal_from_log(ngx_http_request_t* subrequest);

    // True if this flow belongs to `credential` and to this pass over the phases.
    [[nodiscard]] bool is_for(const Credential& credential) const noexcept;

    // The code that begin() returned, or the final one.
    using RequestTask::outcome;

    [[nodiscard]] const Credential& credential() const noexcept { return credential_; }
    [[nodiscard]] const base::Secret& token() const noexcept { return token_.token; }

    // The Authorization value for the request as sent upstream. Signs again if the upstream request
    // differs from the signed one. Valid until the next call. Throws std::bad_alloc, or Failure if
    // the request cannot be signed.
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
    std::string form_;  // the client's request body
    struct {
        oauth::SentRequest request;  // unused for a bearer token
        base::Secret value;
    } signed_;
};

// The application's token that an upstream has just refused in an earlier location of this request;
// empty if none.
[[nodiscard]] base::Secret refused_app_token(ngx_http_request_t* r, const Credential& credential);

}  // namespace social::ngx
