// Runs one endpoint for one request and sends the response. If no step suspends, RequestFlow is
// destroyed as soon as the response is sent.
#pragma once

#include "ngx/ngx.hpp"
#include "request/answer.hpp"
#include "request/handler_result.hpp"
#include "request/request_context.hpp"
#include "request/request_task.hpp"

namespace social::ngx {

class RequestFlow final : public RequestTask<Answer> {
public:
    // Returns a content handler's code. Discards the request body first: nginx would otherwise
    // parse it as the connection's next request.
    [[nodiscard]] static ngx_int_t run(ngx_http_request_t* r, Handler endpoint) noexcept;

    explicit RequestFlow(ngx_http_request_t* r);
    RequestFlow(const RequestFlow&) = delete;
    RequestFlow& operator=(const RequestFlow&) = delete;
    ~RequestFlow() { cancel(); }

private:
    [[nodiscard]] ngx_int_t begin(Handler endpoint) noexcept;
    [[nodiscard]] ngx_int_t send_answer(Answer&& answer);
    ngx_int_t on_value(Answer&& answer) override;
    ngx_int_t on_error(const Error& error) override;
    [[nodiscard]] Error late() const override;

    RequestContext context_;
    bool waits_ = false;
};

}  // namespace social::ngx
