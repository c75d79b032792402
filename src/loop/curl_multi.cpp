#include "loop/curl_multi.hpp"

#include <chrono>
#include <new>
#include <stdexcept>

#include "loop/transfer.hpp"

namespace social::loop {

namespace {

// Idle connections kept for reuse.
constexpr long kMaxIdleConnections = 64;

// None for a handle of libcurl's own.
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
            // The message is freed with the handle's removal.
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

// The one call that runs a transfer for which neither a socket nor a timer
// speaks. It is deprecated for its cost with many transfers, and not for another.
void CurlMulti::try_again() noexcept {
    int running = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    curl_multi_socket_all(multi_.get(), &running);
#pragma GCC diagnostic pop
    collect();
}

// libcurl forbids to act from here, and 0 means now: so the next turn.
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

}  // namespace social::loop
