#include "http_client/curl_sockets.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

#include "http_client/curl_multi.hpp"
#include "loop/guard.hpp"

namespace social::loop {

namespace {

// Sockets per epoll_wait(). The level-triggered event reports the others in the next iteration.
constexpr std::size_t kBatch = 64;

std::uint32_t epoll_events_of(int what) noexcept {
    std::uint32_t events = 0;
    if ((what & CURL_POLL_IN) != 0) {
        events |= EPOLLIN;
    }
    if ((what & CURL_POLL_OUT) != 0) {
        events |= EPOLLOUT;
    }
    return events;
}

int curl_events_of(std::uint32_t events) noexcept {
    int what = 0;
    if ((events & EPOLLIN) != 0) {
        what |= CURL_CSELECT_IN;
    }
    if ((events & EPOLLOUT) != 0) {
        what |= CURL_CSELECT_OUT;
    }
    if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
        what |= CURL_CSELECT_ERR;
    }
    return what;
}

}  // namespace

CurlSockets::CurlSockets(CurlMulti& multi) : multi_(multi) {
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll == -1) {
        throw std::runtime_error("no epoll instance for calls to providers");
    }
    ngx_connection_t* connection = ngx_get_connection(epoll, ngx_cycle->log);
    if (connection == nullptr) {
        close(epoll);
        throw std::runtime_error("no connection for calls to providers");
    }
    connection->data = this;
    connection->log = ngx_cycle->log;
    connection->read->handler = &CurlSockets::on_ready;
    connection->read->log = ngx_cycle->log;
    connection->write->log = ngx_cycle->log;
    // No client connection: with this flag, which nginx sets for its DNS sockets,
    // worker_shutdown_timeout does not close it.
    connection->read->resolver = 1;
    if (ngx_add_event(connection->read, NGX_READ_EVENT, NGX_LEVEL_EVENT) != NGX_OK) {
        ngx_close_connection(connection);
        throw std::runtime_error("cannot watch the sockets of calls to providers");
    }
    connection_ = connection;
}

CurlSockets::~CurlSockets() {
    ngx_close_connection(connection_);
}

// Never returns -1, which aborts all transfers of the multi handle. A transfer whose socket cannot
// be registered times out instead.
int CurlSockets::on_interest(CURL* easy, curl_socket_t fd, int what, void* self, void*) noexcept {
    auto* sockets = static_cast<CurlSockets*>(self);
    if (what == CURL_POLL_REMOVE) {
        sockets->unwatch(fd);
        guard(ngx_cycle->log, "watching a socket",
              [sockets, easy] { sockets->multi_.lost_socket(easy); });
        return 0;
    }
    const std::uint32_t events = epoll_events_of(what);
    guard(ngx_cycle->log, "watching a socket", [sockets, fd, events] {
        sockets->interest_[fd] = events;
        sockets->watch(fd, events);
    });
    return 0;
}

// A new socket may reuse the number of one that libcurl closed before CURL_POLL_REMOVE. libcurl
// sees no change of interest then and does not call on_interest(). So this registers the socket.
curl_socket_t CurlSockets::on_open(void* self, curlsocktype, curl_sockaddr* address) noexcept {
    const auto* sockets = static_cast<CurlSockets*>(self);
    const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd == -1) {
        return CURL_SOCKET_BAD;
    }
    if (const auto known = sockets->interest_.find(fd); known != sockets->interest_.end()) {
        sockets->watch(fd, known->second);
    }
    return fd;
}

// Errors are expected, since libcurl may have closed the socket: see curl_sockets.hpp.
void CurlSockets::watch(int fd, std::uint32_t events) const noexcept {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    if (epoll_ctl(connection_->fd, EPOLL_CTL_ADD, fd, &event) == -1 && errno == EEXIST) {
        epoll_ctl(connection_->fd, EPOLL_CTL_MOD, fd, &event);
    }
}

void CurlSockets::unwatch(int fd) noexcept {
    interest_.erase(fd);
    epoll_ctl(connection_->fd, EPOLL_CTL_DEL, fd, nullptr);
}

void CurlSockets::on_ready(ngx_event_t* event) noexcept {
    const auto* sockets =
        static_cast<CurlSockets*>(static_cast<ngx_connection_t*>(event->data)->data);
    std::array<epoll_event, kBatch> ready;
    const int count =
        epoll_wait(sockets->connection_->fd, ready.data(), static_cast<int>(ready.size()), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& one = ready[static_cast<std::size_t>(i)];
        sockets->multi_.act(one.data.fd, curl_events_of(one.events));
    }
    if (count > 0) {
        sockets->multi_.collect();
    }
}

}  // namespace social::loop
