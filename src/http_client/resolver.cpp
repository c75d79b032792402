#include "http_client/resolver.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "coro/result_task.hpp"
#include "loop/guard.hpp"

namespace social::loop {

namespace {

// Bounds the addresses copied from a DNS response. No provider needs as many.
constexpr std::size_t kMaxAddresses = 16;

std::string text_of(const ngx_resolver_addr_t& address) {
    std::array<u_char, NGX_SOCKADDR_STRLEN> text;
    const std::size_t size =
        ngx_sock_ntop(address.sockaddr, address.socklen, text.data(), text.size(), 0);
    std::string plain(reinterpret_cast<const char*>(text.data()), size);
    if (address.sockaddr->sa_family == AF_INET6) {
        plain = '[' + plain + ']';
    }
    return plain;
}

std::vector<std::string> addresses_of(const ngx_resolver_ctx_t& query) {
    std::vector<std::string> addresses;
    const std::size_t count = std::min<std::size_t>(query.naddrs, kMaxAddresses);
    addresses.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        addresses.push_back(text_of(query.addrs[i]));
    }
    return addresses;
}

}  // namespace

Lookup::~Lookup() {
    if (query_ != nullptr) {
        ngx_resolve_name_done(query_);
    }
}

bool Lookup::start() noexcept {
    ngx_resolver_ctx_t* query = ngx_resolve_start(settings_.resolver, nullptr);
    if (query == nullptr || query == NGX_NO_RESOLVER) {
        return false;
    }
    query->name = ngx::as_ngx(name_);
    query->handler = &Lookup::on_resolved;
    query->data = this;
    query->timeout = settings_.timeout;
    query_ = query;
    starting_ = true;
    if (ngx_resolve_name(query) != NGX_OK) {
        query_ = nullptr;  // nginx has freed it without a call of the handler
    }
    starting_ = false;
    return query_ != nullptr;
}

// nginx iterates over its queries while it calls this. So it posts the wake-up: a resumed frame
// could destroy another query. The addresses are valid only during this call, so it copies them.
void Lookup::on_resolved(ngx_resolver_ctx_t* query) noexcept {
    auto* self = static_cast<Lookup*>(query->data);
    self->state_ = query->state;
    if (query->state == NGX_OK) {
        self->state_ = guard(ngx_cycle->log, "name lookup", NGX_ERROR, [self, query] {
            self->addresses_ = addresses_of(*query);
            return NGX_OK;
        });
    }
    self->query_ = nullptr;
    ngx_resolve_name_done(query);
    if (!self->starting_) {
        self->wakeup_.post();
    }
}

std::vector<std::string> Lookup::await_resume() {
    if (state_ != NGX_OK || addresses_.empty()) {
        std::string_view why = "no answer";
        if (state_ > 0) {
            why = reinterpret_cast<const char*>(ngx_resolver_strerror(state_));
        }
        throw flow::Failure(Error(Kind::provider_unavailable,
                                  "the provider's name cannot be resolved",
                                  name_ + ": " + std::string(why)));
    }
    return std::move(addresses_);
}

}  // namespace social::loop
