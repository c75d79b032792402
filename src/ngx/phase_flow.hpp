// A flow that a request waits for in one of nginx's phases: parked there, without a reference
// of its own, it goes through the phases again when the flow is done.
//
// Whoever derives from it lives in the request's pool and ends with the request's http
// cleanups, as RequestFlow does.
#pragma once

#include <coroutine>

#include "flow/task.hpp"
#include "loop/event.hpp"
#include "ngx/ngx.hpp"
#include "ngx/suspended.hpp"

namespace social::ngx {

class PhaseFlow : public flow::Driver, public Suspended {
public:
    PhaseFlow(const PhaseFlow&) = delete;
    PhaseFlow& operator=(const PhaseFlow&) = delete;

    void resume(std::coroutine_handle<> waiting) noexcept final;

protected:
    explicit PhaseFlow(ngx_http_request_t* r) noexcept : r_(r), uri_changes_(r->uri_changes) {}
    ~PhaseFlow();

    // What a phase handler returns once the request is parked is NGX_AGAIN.
    void park();
    // The task has ended: nothing is waited for any more.
    void leave() noexcept;
    // Runs the phases again: the handler finds what became of it.
    void go_on() noexcept;

    [[nodiscard]] ngx_http_request_t* request() const noexcept { return r_; }

    // Whether the request went through the phases anew meanwhile: by an internal redirect, or by
    // post_action behind a client that left.
    [[nodiscard]] bool is_superseded() const noexcept { return r_->uri_changes != uri_changes_; }

    // Behind each step of the task: true when it was the last, and its outcome was taken.
    virtual bool settle() noexcept = 0;
    // It took too long: ends the task with an outcome of its own.
    virtual void give_up() noexcept = 0;

private:
    void on_deadline() noexcept;

    ngx_http_request_t* r_;
    ngx_uint_t uri_changes_;
    loop::Event deadline_ = loop::Event::calling<&PhaseFlow::on_deadline>(*this);
};

}  // namespace social::ngx
