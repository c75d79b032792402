#include "ngx/quota_flow.hpp"

#include <new>
#include <utility>

#include "loop/guard.hpp"

namespace social::ngx {

ngx_int_t QuotaFlow::begin(ngx_http_request_t* r, const site::Site& site) {
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(r, 0);
    void* memory = ngx_palloc(r->pool, sizeof(QuotaFlow));
    if (cleanup == nullptr || memory == nullptr) {
        throw std::bad_alloc();
    }
    auto* flow = new (memory) QuotaFlow(r, site);
    cleanup->handler = &QuotaFlow::on_request_end;
    cleanup->data = flow;
    flow->task_ = quota_refusal(r, site);
    flow->task_.start(*flow);
    if (flow->settle()) {
        return NGX_OK;
    }
    flow->park();
    return NGX_AGAIN;
}

// The task has told the Identity. Without memory for that, the counter is unknown.
bool QuotaFlow::settle() noexcept {
    if (!task_.done()) {
        return false;
    }
    const bool told = loop::guard(request()->connection->log, "quota", false, [this] {
        static_cast<void>(task_.take());
        return true;
    });
    task_.reset();
    leave();
    if (!told) {
        give_up();
    }
    return true;
}

void QuotaFlow::give_up() noexcept {
    task_.reset();
    loop::guard(request()->connection->log, "quota", [this] {
        QuotaGate(request(), site_)
            .settle_unknown({Kind::store_unavailable, "the counters did not answer in time", {}});
    });
}

void QuotaFlow::on_request_end(void* flow) noexcept {
    static_cast<QuotaFlow*>(flow)->~QuotaFlow();
}

}  // namespace social::ngx
