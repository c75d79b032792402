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

    // In this order: destroying the multi handle closes sockets and sets timers.
    Global global_;
    CurlSockets sockets_;
    Event timer_;
    std::unique_ptr<CURLM, Cleanup> multi_;
    std::unordered_set<Transfer*> running_;
};

}  // namespace social::loop
