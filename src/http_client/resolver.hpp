// Name resolution by nginx's `resolver`. So requests to providers follow the operator's DNS
// settings and share nginx's cache. Without a `resolver` libcurl resolves names in a thread.
#pragma once

#include <coroutine>
#include <string>
#include <vector>

#include "loop/wakeup.hpp"
#include "ngx/ngx.hpp"

namespace social::loop {

// `resolver` and `resolver_timeout` of a location.
struct ResolverSettings {
    ngx_resolver_t* resolver = nullptr;
    ngx_msec_t timeout = 30000;  // ms

    // Without the directive nginx has a resolver with no name servers.
    [[nodiscard]] bool configured() const noexcept {
        return resolver != nullptr && resolver->connections.nelts != 0;
    }
};

// `co_await Lookup(settings, name)` returns the addresses as text, IPv6 addresses in brackets.
// Throws Failure (provider_unavailable). The destructor cancels the query.
class Lookup {
public:
    Lookup(const ResolverSettings& settings, std::string name)
        : settings_(settings), name_(std::move(name)) {}
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;
    ~Lookup();

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) noexcept {
        wakeup_.set_continuation(frame);
        return start();
    }
    [[nodiscard]] std::vector<std::string> await_resume();

private:
    // Returns false if the result is ready, for example from nginx's cache.
    [[nodiscard]] bool start() noexcept;
    static void on_resolved(ngx_resolver_ctx_t* query) noexcept;

    ResolverSettings settings_;
    std::string name_;  // nginx converts it to lower case in place
    ngx_resolver_ctx_t* query_ = nullptr;
    ngx_int_t state_ = NGX_ERROR;  // of the finished query: NGX_OK or NGX_RESOLVE_*
    std::vector<std::string> addresses_;
    bool starting_ = false;
    Wakeup wakeup_;
};

}  // namespace social::loop
