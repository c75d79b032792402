#include "loop/curl_client.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "flow/failure.hpp"
#include "loop/target.hpp"
#include "loop/transfer.hpp"

namespace social::loop {

CurlClient::CurlClient(const CurlSettings& settings)
    : resolver_{.resolver = settings.resolver, .timeout = settings.resolver_timeout},
      certificates_(settings.certificates) {}

const crypto::TrustedCertificates* CurlClient::certificates_of(
    const base::HttpRequest& request) const {
    if (request.ca_file.empty()) {
        return nullptr;
    }
    if (certificates_ != nullptr) {
        const auto found = certificates_->find(request.ca_file);
        if (found != certificates_->end()) {
            return &found->second;
        }
    }
    throw flow::Failure(
        Error(Kind::internal, "a ca_file was not read with the configuration", request.ca_file));
}

// The lookup and the exchange share the request's time.
flow::Task<base::HttpResponse> CurlClient::send(base::HttpRequest request) {
    Route route;
    route.target = flow::value(target_of(request));
    route.limit = milliseconds_of(request.timeout);
    route.trusted = certificates_of(request);
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
