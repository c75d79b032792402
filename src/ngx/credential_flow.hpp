// Drives the coroutine behind social_credential for one request in one location: the
// request is parked in its phase meanwhile, without a reference of its own, and goes through
// the phases again when the value is there.
//
// Lives in the request's pool and ends with the request's http cleanups, as RequestFlow does:
// behind the end of the request, when it is logged, the value is gone.
#pragma once

#include <string_view>

#include "base/secret.hpp"
#include "flow/task.hpp"
#include "loop/event.hpp"
#include "ngx/credential.hpp"
#include "ngx/exchange.hpp"
#include "ngx/ngx.hpp"
#include "ngx/suspended.hpp"

namespace social::ngx {

class CredentialFlow final : public flow::Driver, public Suspended {
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

    void resume(std::coroutine_handle<> waiting) noexcept override;
    void cancel() noexcept override { task_.reset(); }

    CredentialFlow(ngx_http_request_t* r, const Credential& credential);
    CredentialFlow(const CredentialFlow&) = delete;
    CredentialFlow& operator=(const CredentialFlow&) = delete;
    ~CredentialFlow();

private:
    [[nodiscard]] ngx_int_t read_form();
    void start(std::string form, base::Secret refused);
    void park();
    void settle() noexcept;
    void refuse(const Error& error) noexcept;
    void go_on() noexcept;
    void on_deadline() noexcept;
    static void on_form(ngx_http_request_t* r) noexcept;
    static void on_request_end(void* flow) noexcept;

    Exchange exchange_;
    const Credential& credential_;
    ngx_uint_t uri_changes_;
    flow::Task<base::Secret> task_;
    loop::Event deadline_ = loop::Event::calling<&CredentialFlow::on_deadline>(*this);
    base::Secret value_;
    ngx_int_t outcome_ = NGX_AGAIN;
};

// The token of the application that an upstream has just refused, in an earlier location of
// this request; empty for none.
[[nodiscard]] base::Secret refused_app_token(ngx_http_request_t* r, const Credential& credential);

}  // namespace social::ngx
