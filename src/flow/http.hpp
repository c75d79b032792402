// Port: HTTP requests to providers. http_client/curl_multi implements it.
#pragma once

#include "base/http_message.hpp"
#include "coro/task.hpp"

namespace social::flow {

class Http {
public:
    // Returns the response, whatever its status. Does not follow redirects. Throws Failure
    // (provider_unavailable) without a response: DNS, TLS, time-out, or a body over
    // base::kMaxResponseBody. Destroying the Task cancels the request.
    virtual Task<base::HttpResponse> send(base::HttpRequest request) = 0;

protected:
    ~Http() = default;
};

}  // namespace social::flow
