// libcurl's multi interface on nginx's event loop: the sockets, the one timer and
// the connections that are kept for reuse, shared by all transfers of a worker.
//
// Owned by CurlClient. A Transfer that is still running when this is destroyed is
// given up and never resumed. Nothing is resumed from inside a libcurl callback:
// finished transfers are collected after each action and wake up on their own.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <unordered_set>

#include "loop/curl_sockets.hpp"
#include "loop/event.hpp"

namespace social::loop {

class Transfer;

class CurlMulti {
public:
    // Throws std::bad_alloc or std::runtime_error.
    CurlMulti();
    CurlMulti(const CurlMulti&) = delete;
    CurlMulti& operator=(const CurlMulti&) = delete;
    ~CurlMulti();

    // `easy` is the transfer's own handle; it tells the Transfer by CURLOPT_PRIVATE.
    [[nodiscard]] CURLMcode add(Transfer& transfer, CURL* easy);
    // Takes it out wherever it is; safe for one that was never added.
    void remove(Transfer& transfer, CURL* easy) noexcept;

    // For CurlSockets and the timer: something happened; then, who is finished?
    void act(curl_socket_t fd, int what) noexcept;
    void collect() noexcept;

    // A socket of `easy` is gone. If the transfer is not over, libcurl has given
    // up one address of the host and has to be asked for the next: 7.88 opens it
    // at its next timer only, which may be the time-out.
    void lost_socket(CURL* easy);

    [[nodiscard]] CurlSockets& sockets() noexcept { return sockets_; }

private:
    // libcurl counts these, so every client of a process may have its own.
    struct Global {
        Global();
        Global(const Global&) = delete;
        Global& operator=(const Global&) = delete;
        ~Global() { curl_global_cleanup(); }
    };
    struct Cleanup {
        void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
    };

    static int on_timer(CURLM* multi, long delay, void* self) noexcept;
    void time_out() noexcept;
    void try_again() noexcept;

    // In this order: destroying the multi handle still calls us back.
    Global global_;
    CurlSockets sockets_;
    Event timer_ = Event::calling<&CurlMulti::time_out>(*this);
    Event again_ = Event::calling<&CurlMulti::try_again>(*this);
    std::unordered_set<Transfer*> running_;
    std::unordered_set<Transfer*> lost_;  // of these, the ones that lost a socket
    std::unique_ptr<CURLM, Cleanup> multi_;
};

}  // namespace social::loop
