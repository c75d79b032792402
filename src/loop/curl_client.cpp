#include "loop/curl_client.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "flow/failure.hpp"
#include "loop/target.hpp"
#include "loop/transfer.hpp"

namespace social::loop {

CurlClient::CurlClient(const CurlSettings& settings)
    : resolver_{.resolver = settings.resolver, .timeout = settings.resolver_timeout} {}

// The lookup and the exchange share the request's time.
flow::Task<base::HttpResponse> CurlClient::send(base::HttpRequest request) {
    Route route;
    route.target = flow::value(target_of(request));
    route.limit = milliseconds_of(request.timeout);
    if (route.target.named && resolver_.configured()) {
        const ngx_msec_t started = ngx_current_msec;
        ResolverSettings resolver = resolver_;
        resolver.timeout = std::min(resolver.timeout, route.limit);
        Lookup lookup(resolver, route.target.host);
        route.addresses = co_await lookup;
        route.limit -= std::min(route.limit, ngx_current_msec - started);
    }
    Transfer transfer(multi_, std::move(request), std::move(route));
    co_return co_await transfer;
}

}  // namespace social::loop
