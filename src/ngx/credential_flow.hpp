// The coroutine behind social_credential for one request in one location. Behind the end of
// the request, when it is logged, the value is gone.
#pragma once

#include <string_view>

#include "base/secret.hpp"
#include "flow/task.hpp"
#include "ngx/credential.hpp"
#include "ngx/exchange.hpp"
#include "ngx/ngx.hpp"
#include "ngx/phase_flow.hpp"

namespace social::ngx {

class CredentialFlow final : public PhaseFlow {
public:
    // What a phase handler returns: NGX_DECLINED, NGX_AGAIN, NGX_DONE or a status.
    [[nodiscard]] static ngx_int_t begin(ngx_http_request_t* r, const Credential& credential);

    // The latest of the request, or nullptr.
    [[nodiscard]] static CredentialFlow* find(ngx_http_request_t* r) noexcept;

    // Whether it is the one of this pass of the request over the phases.
    [[nodiscard]] bool is_for(const Credential& credential) const noexcept;

    // The same as begin() returns.
    [[nodiscard]] ngx_int_t outcome() const noexcept { return outcome_; }

    [[nodiscard]] const Credential& credential() const noexcept { return credential_; }
    [[nodiscard]] std::string_view value() const noexcept { return value_.reveal(); }

    void cancel() noexcept override { task_.reset(); }

    CredentialFlow(ngx_http_request_t* r, const Credential& credential);

private:
    [[nodiscard]] ngx_int_t read_form();
    void start(std::string form, base::Secret refused);
    bool settle() noexcept override;
    void give_up() noexcept override;
    void take_outcome() noexcept;
    void refuse(const Error& error) noexcept;
    static void on_form(ngx_http_request_t* r) noexcept;
    static void on_request_end(void* flow) noexcept;

    Exchange exchange_;
    const Credential& credential_;
    ngx_uint_t uri_changes_;
    flow::Task<base::Secret> task_;
    base::Secret value_;
    ngx_int_t outcome_ = NGX_AGAIN;
};

// The token of the application that an upstream has just refused, in an earlier location of
// this request; empty for none.
[[nodiscard]] base::Secret refused_app_token(ngx_http_request_t* r, const Credential& credential);

}  // namespace social::ngx
