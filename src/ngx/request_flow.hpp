// Runs one endpoint for one request: the driver of a request's flow, and one of the
// two places that catch exceptions.
//
// A RequestFlow lives in the request's pool. Where nothing has to be waited for, it
// ends as soon as the answer is sent; a suspended one ends with the request's http
// cleanups, that is, at its end or at its termination, before the log phase and
// while the request is whole. Destroying it destroys the suspended frames and so
// cancels every provider or store call beneath them.
//
// While a flow is suspended the request counts one reference, watches for a
// client that leaves, and owns a timer that is not cancelable: it bounds the
// flow, and it keeps a gracefully exiting worker alive until the login is done.
#pragma once

#include <optional>
#include <type_traits>

#include "flow/task.hpp"
#include "loop/event.hpp"
#include "ngx/answer.hpp"
#include "ngx/begun.hpp"
#include "ngx/exchange.hpp"
#include "ngx/ngx.hpp"
#include "ngx/suspended.hpp"

namespace social::ngx {

class RequestFlow final : public flow::Driver, public Suspended {
public:
    // A content handler's return code. The body, if any, is discarded first, or
    // it would be read as the next request of the connection.
    [[nodiscard]] static ngx_int_t run(ngx_http_request_t* r, EndpointFlow endpoint) noexcept;

    void resume(std::coroutine_handle<> waiting) noexcept override;

    // For the end of a worker that does not wait for its requests.
    void cancel() noexcept override { task_.reset(); }

    explicit RequestFlow(ngx_http_request_t* r);
    RequestFlow(const RequestFlow&) = delete;
    RequestFlow& operator=(const RequestFlow&) = delete;
    ~RequestFlow();

private:
    [[nodiscard]] ngx_int_t begin(EndpointFlow endpoint);
    void park();
    void complete(ngx_int_t rc) noexcept;
    [[nodiscard]] bool is_superseded() const noexcept;
    void drop() noexcept;
    void watch() noexcept;
    template <class Work>
    [[nodiscard]] std::invoke_result_t<Work> outcome(Work work);
    [[nodiscard]] ngx_int_t send_outcome() noexcept;
    [[nodiscard]] ngx_int_t send_error(const Error& error) noexcept;
    [[nodiscard]] ngx_int_t send_answer(Answer&& answer);
    static void on_request_end(void* flow) noexcept;
    void on_deadline() noexcept;

    // What it takes to wait, which most requests need not.
    struct Parked {
        explicit Parked(RequestFlow& flow) noexcept
            : deadline(loop::Event::calling<&RequestFlow::on_deadline>(flow)),
              watching(loop::Event::calling<&RequestFlow::watch>(flow)),
              uri_changes(flow.exchange_.request()->uri_changes) {}
        loop::Event deadline;
        loop::Event watching;
        ngx_uint_t uri_changes;
    };

    Exchange exchange_;
    flow::Task<Answer> task_;
    std::optional<Parked> parked_;
};

}  // namespace social::ngx
