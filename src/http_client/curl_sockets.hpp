// libcurl's sockets, in an epoll instance of their own whose descriptor is the
// one connection that nginx knows of. So calls to providers take none of
// worker_connections, and libcurl may close a socket without telling (7.88
// closes one that is still connecting before it says CURL_POLL_REMOVE): nginx
// would log that as an alert, the private instance just forgets the socket.
//
// Owned by CurlMulti, which outlives it; used on the worker's loop only. Linux.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <unordered_map>

#include "ngx/ngx.hpp"

namespace social::loop {

class CurlMulti;

class CurlSockets {
public:
    // Throws std::runtime_error when there is no descriptor or connection left.
    explicit CurlSockets(CurlMulti& multi);
    CurlSockets(const CurlSockets&) = delete;
    CurlSockets& operator=(const CurlSockets&) = delete;
    ~CurlSockets();

    // CURLMOPT_SOCKETFUNCTION and CURLOPT_OPENSOCKETFUNCTION, with `self` = this.
    static int on_interest(CURL* easy, curl_socket_t fd, int what, void* self,
                           void* unused) noexcept;
    static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;

private:
    static void on_ready(ngx_event_t* event) noexcept;
    void watch(int fd, std::uint32_t events) const noexcept;
    void unwatch(int fd) noexcept;

    CurlMulti& multi_;
    ngx_connection_t* connection_ = nullptr;  // owns the epoll descriptor
    std::unordered_map<int, std::uint32_t> interest_;
};

}  // namespace social::loop
