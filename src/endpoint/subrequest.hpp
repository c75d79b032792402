// `co_await Subrequest(r, target, body)`: authenticates the sender of `body` by a subrequest to a
// location, as auth_request does. The subrequest gets the method, headers and body of the request.
// Only its status and X-Social-Subject are read; the client gets no part of it.
//
// It is a background subrequest: the request may end before it. nginx calls back into State, which
// is in the request's pool and lives as long as the subrequest. The destructor detaches from it.
#pragma once

#include <coroutine>
#include <string>
#include <string_view>

#include "loop/wakeup.hpp"
#include "ngx/ngx.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

class Subrequest {
public:
    struct Response {
        ngx_uint_t status = 0;  // 0: no response
        std::string subject;    // X-Social-Subject; empty: none, or several
    };

    // Copies `body` to the request's pool, which wipes the copy when it is destroyed. Throws
    // std::bad_alloc, or Failure (internal) if nginx refuses the subrequest.
    Subrequest(ngx_http_request_t* r, const LocationUri& target, std::string_view body);
    Subrequest(const Subrequest&) = delete;
    Subrequest& operator=(const Subrequest&) = delete;
    ~Subrequest();

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) noexcept {
        waiting_.set_continuation(frame);
    }
    [[nodiscard]] Response await_resume() const;

private:
    struct State {
        Subrequest* awaiter;  // nullptr: the frame was destroyed
        ngx_http_request_t* request;
    };
    static ngx_int_t on_finalized(ngx_http_request_t* sr, void* state, ngx_int_t rc) noexcept;
    void settle() noexcept;

    State* state_;
    loop::Wakeup waiting_;
    loop::Event settled_ = loop::Event::calling<&Subrequest::settle>(*this);
};

}  // namespace social::ngx
