// `co_await Subrequest(r, target, body)`: asks a location of this nginx whether it knows
// who sent `body`, as auth_request asks about a request. It gets the method, headers and
// body of the request; of its answer the status and X-Social-Subject are read, and the
// client sees nothing.
//
// It is a background subrequest: the request does not wait for it when it ends for another
// reason. The state that nginx calls back into is in the request's pool, and lives as long
// as the subrequest does; a frame that is destroyed lets go of it.
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
    struct Answer {
        ngx_uint_t status = 0;  // 0: it ended without one
        std::string subject;    // empty: none, or more than one
    };

    // `body` is copied into the request's pool, and wiped there when the request ends.
    Subrequest(ngx_http_request_t* r, const LocationUri& target, std::string_view body);
    Subrequest(const Subrequest&) = delete;
    Subrequest& operator=(const Subrequest&) = delete;
    ~Subrequest();

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> frame) noexcept {
        waiting_.set_continuation(frame);
    }
    [[nodiscard]] Answer await_resume() const;

private:
    struct State {
        Subrequest* awaiter;  // none: the frame is gone
        ngx_http_request_t* request;
    };
    static ngx_int_t on_finalized(ngx_http_request_t* sr, void* state, ngx_int_t rc) noexcept;
    void settle() noexcept;

    State* state_;
    loop::Wakeup waiting_;
    loop::Event settled_ = loop::Event::calling<&Subrequest::settle>(*this);
};

}  // namespace social::ngx
