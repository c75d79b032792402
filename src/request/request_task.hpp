// Runs the coroutine of a request in its content handler or in an nginx phase. RequestDriver is the
// part that calls nginx. RequestTask<T> owns the coroutine.
//
// The object lives in the request's pool; see request_object.hpp. Its destructor destroys the
// suspended frames. That cancels every provider or store call beneath them.
//
// While the task is suspended, the client's connection is watched and a deadline of 60 seconds
// bounds the wait. The deadline's timer is not cancelable. It keeps a gracefully exiting worker
// alive until the request ends.
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

// The place of the task in nginx. A content handler of a suspended request takes one reference and
// returns NGX_DONE. A phase handler takes none, returns NGX_AGAIN and is called again.
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

    // Precondition: keep_for_request() owns the object.
    void suspend() noexcept;

    // Finalizes the request with the outcome, or resumes its phases. This object may be destroyed
    // afterwards.
    void go_on() noexcept;

    // True if the request has restarted its phases since the constructor ran. The cause is an
    // internal redirect, or post_action after the client left. nginx has released the task's
    // reference by then.
    [[nodiscard]] bool is_superseded() const noexcept { return r_->uri_changes != uri_changes_; }

    // NGX_AGAIN until the task ends, then a code for nginx.
    [[nodiscard]] ngx_int_t outcome() const noexcept { return outcome_; }
    void set_outcome(ngx_int_t rc) noexcept { outcome_ = rc; }

    // Returns the code of `work`. Converts an exception to an Error for on_error().
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
    // Called after each step. Returns true if the task has ended; the outcome is then set.
    virtual bool take_outcome() noexcept = 0;
    virtual ngx_int_t on_error(const Error& error) = 0;
    // The error of a task that missed its deadline.
    [[nodiscard]] virtual Error late() const = 0;

    void detach() noexcept;
    void end_step(bool done) noexcept;
    void on_deadline() noexcept;
    void watch() noexcept;

    // Constructed by suspend(): most requests never wait.
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
    // A derived class whose members the frames use must call cancel() in its destructor.
    using RequestDriver::RequestDriver;
    ~RequestTask() = default;

    // Runs the task to its first suspension. Returns true if it has ended; the outcome is then set.
    [[nodiscard]] bool start(flow::Task<T> task) noexcept {
        task_ = std::move(task);
        task_.start(*this);
        return take_outcome();
    }

private:
    // Converts the value of the task to the outcome.
    virtual ngx_int_t on_value(T&& value) = 0;

    // Destroys the frames before the request is finalized: they refer to it.
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
