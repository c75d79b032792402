// A private epoll instance for libcurl's sockets. nginx has one connection, for the descriptor of
// the instance. So requests to providers use one of worker_connections in total.
//
// libcurl 7.88 closes a connecting socket before it reports CURL_POLL_REMOVE. nginx would log an
// alert then; a private instance drops the closed socket silently.
//
// Owned by CurlMulti, which outlives it. Used only on the worker's event loop. Requires Linux.
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <unordered_map>

#include "ngx/ngx.hpp"

namespace social::loop {

class CurlMulti;

class CurlSockets {
public:
    // Throws std::runtime_error if no descriptor or nginx connection is free.
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
