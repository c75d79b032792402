#include "http_client/curl_multi.hpp"

#include <algorithm>
#include <chrono>
#include <new>
#include <stdexcept>
#include <utility>

#include "coro/result_task.hpp"
#include "http_client/target.hpp"
#include "http_client/transfer.hpp"

namespace social::loop {

namespace {

// The size of libcurl's connection pool.
constexpr long kMaxIdleConnections = 64;

// nullptr for libcurl's internal handles.
Transfer* transfer_of(CURL* easy) noexcept {
    char* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    return reinterpret_cast<Transfer*>(transfer);
}

}  // namespace

CurlMulti::Global::Global() {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        throw std::runtime_error("libcurl cannot be initialized");
    }
}

CurlMulti::CurlMulti() : sockets_(*this), multi_(curl_multi_init()) {
    CURLM* multi = multi_.get();
    if (multi == nullptr) {
        throw std::bad_alloc();
    }
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &CurlSockets::on_interest);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, &sockets_);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kMaxIdleConnections);
}

CurlMulti::~CurlMulti() {
    while (!running_.empty()) {
        (*running_.begin())->give_up();
    }
}

CURLMcode CurlMulti::add(Transfer& transfer, CURL* easy) {
    running_.insert(&transfer);
    const CURLMcode code = curl_multi_add_handle(multi_.get(), easy);
    if (code != CURLM_OK) {
        running_.erase(&transfer);
    }
    return code;
}

void CurlMulti::remove(Transfer& transfer, CURL* easy) noexcept {
    lost_.erase(&transfer);
    if (running_.erase(&transfer) != 0) {
        curl_multi_remove_handle(multi_.get(), easy);
    }
}

void CurlMulti::act(curl_socket_t fd, int what) noexcept {
    int running = 0;
    curl_multi_socket_action(multi_.get(), fd, what, &running);
}

void CurlMulti::collect() noexcept {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg == CURLMSG_DONE) {
            // finish() removes the handle, which frees `message`.
            transfer_of(message->easy_handle)->finish(message->data.result);
        }
    }
    if (!lost_.empty()) {
        lost_.clear();
        again_.post();
    }
}

void CurlMulti::lost_socket(CURL* easy) {
    Transfer* transfer = transfer_of(easy);
    if (running_.contains(transfer)) {
        lost_.insert(transfer);
    }
}

// Forces progress on a transfer that has no socket or timer event pending. curl_multi_socket_all()
// is deprecated for its cost with many transfers. No other function of the socket interface does
// this.
void CurlMulti::try_again() noexcept {
    int running = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    curl_multi_socket_all(multi_.get(), &running);
#pragma GCC diagnostic pop
    collect();
}

// libcurl forbids curl_multi_socket_action() in this callback, even for a delay of 0. So the timer
// always runs it later.
int CurlMulti::on_timer(CURLM*, long delay, void* self) noexcept {
    auto* multi = static_cast<CurlMulti*>(self);
    if (delay < 0) {
        multi->timer_.disarm();
    } else {
        multi->timer_.arm(std::chrono::milliseconds(delay));
    }
    return 0;
}

void CurlMulti::time_out() noexcept {
    act(CURL_SOCKET_TIMEOUT, 0);
    collect();
}

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

flow::Task<base::HttpResponse> CurlClient::send(base::HttpRequest request) {
    ResolvedTarget route;
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
