// Port: HTTP requests to providers. http_client/curl_multi implements it.
#pragma once

#include "base/http_message.hpp"
#include "coro/task.hpp"

namespace social::flow {

class Http {
public:
    // The provider's answer, whatever its status. Throws Failure
    // (provider_unavailable) when there is none: DNS, TLS, time-out, a body
    // over base::kMaxResponseBody. Redirects are not followed.
    virtual Task<base::HttpResponse> send(base::HttpRequest request) = 0;

protected:
    ~Http() = default;
};

}  // namespace social::flow
