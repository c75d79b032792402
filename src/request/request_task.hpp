// Runs the coroutine that a request waits for, in its content handler or in one of nginx's phases.
// RequestDriver is the half that knows nginx, RequestTask<T> the half that has the coroutine.
//
// The object lives in the request's pool, see request_object.hpp. Its destructor destroys the
// suspended frames, and so cancels every provider or store call beneath them.
//
// While it is suspended, the request watches for a client that leaves, and a deadline bounds the
// wait. The deadline's timer is not cancelable: it keeps a gracefully exiting worker alive until
// the request is through.
#pragma once

#include <coroutine>
#include <cstdint>
#include <new>
#include <optional>
#include <utility>

#include "coro/result_task.hpp"
#include "coro/task.hpp"
#include "loop/event.hpp"
#include "loop/guard.hpp"
#include "ngx/ngx.hpp"
#include "worker/suspended.hpp"

namespace social::ngx {

// Where nginx waits for the task. A content handler returns NGX_DONE for a suspended request and
// counts one reference; a phase handler returns NGX_AGAIN, counts none, and is called again.
enum class WaitsIn : std::uint8_t { content_handler, phase };

class RequestDriver : public flow::Driver, public Suspended {
public:
    RequestDriver(const RequestDriver&) = delete;
    RequestDriver& operator=(const RequestDriver&) = delete;

    void resume(std::coroutine_handle<> waiting) noexcept final;

    [[nodiscard]] ngx_http_request_t* request() const noexcept { return r_; }

protected:
    RequestDriver(ngx_http_request_t* r, WaitsIn place) noexcept
        : r_(r), uri_changes_(r->uri_changes), place_(place) {}
    ~RequestDriver() { detach(); }

    // The object must end with the request by now.
    void suspend() noexcept;

    // Finalizes the request with the outcome, or runs its phases again. This may be gone after it.
    void go_on() noexcept;

    // Whether the request went through the phases anew meanwhile: by an internal redirect, or by
    // post_action behind a client that left. A reference that it had is given back by then.
    [[nodiscard]] bool is_superseded() const noexcept { return r_->uri_changes != uri_changes_; }

    // NGX_AGAIN until the task has ended, then a code for nginx.
    [[nodiscard]] ngx_int_t outcome() const noexcept { return outcome_; }
    void set_outcome(ngx_int_t rc) noexcept { outcome_ = rc; }

    // The code that `work` returns. An exception becomes that of on_error(), and this is the one
    // place where it does.
    template <class Work>
    [[nodiscard]] ngx_int_t outcome_of(Work work) noexcept {
        return loop::guard(r_->connection->log, "request", NGX_HTTP_INTERNAL_SERVER_ERROR,
                           [this, &work] {
                               Error error;
                               try {
                                   return work();
                               } catch (const flow::Failure& failure) {
                                   error = failure.error();
                               } catch (const std::bad_alloc&) {
                                   error.what = "out of memory";
                               } catch (const std::exception&) {
                                   error.what = "unexpected exception";
                               }
                               return on_error(error);
                           });
    }

private:
    // Behind each step of the task. True: the step was the last, and the outcome is set.
    virtual bool take_outcome() noexcept = 0;
    virtual ngx_int_t on_error(const Error& error) = 0;
    // Of a task that took too long.
    [[nodiscard]] virtual Error late() const = 0;

    void detach() noexcept;
    void end_step(bool done) noexcept;
    void on_deadline() noexcept;
    void watch() noexcept;

    // Most requests need not wait.
    struct Waiting {
        explicit Waiting(RequestDriver& driver) noexcept
            : deadline(loop::Event::calling<&RequestDriver::on_deadline>(driver)),
              watching(loop::Event::calling<&RequestDriver::watch>(driver)) {}
        loop::Event deadline;
        loop::Event watching;
    };

    ngx_http_request_t* r_;
    ngx_uint_t uri_changes_;
    ngx_int_t outcome_ = NGX_AGAIN;
    WaitsIn place_;
    std::optional<Waiting> waiting_;
};

template <class T>
class RequestTask : public RequestDriver {
public:
    void cancel() noexcept final { task_.reset(); }

protected:
    // A derived class that the frames refer to calls cancel() in its destructor.
    using RequestDriver::RequestDriver;
    ~RequestTask() = default;

    // Runs the task to its first suspension. True: it has ended, and the outcome is set.
    [[nodiscard]] bool start(flow::Task<T> task) noexcept {
        task_ = std::move(task);
        task_.start(*this);
        return take_outcome();
    }

private:
    // The outcome for the value of the task.
    virtual ngx_int_t on_value(T&& value) = 0;

    // Frames end before the request may: they refer to it.
    bool take_outcome() noexcept final {
        if (!task_.done()) {
            return false;
        }
        set_outcome(outcome_of([this] { return on_value(task_.take()); }));
        task_.reset();
        return true;
    }

    flow::Task<T> task_;
};

}  // namespace social::ngx
