// A request of a guarded location that waits for its site's counter, where that is not in
// this machine's memory. When it goes through the phases again, its Identity has the verdict.
#pragma once

#include "flow/quota_counter.hpp"
#include "flow/task.hpp"
#include "ngx/ngx.hpp"
#include "ngx/phase_flow.hpp"
#include "ngx/quota.hpp"

namespace social::ngx {

class QuotaFlow final : public PhaseFlow {
public:
    // What a phase handler returns: NGX_AGAIN, or NGX_OK when the verdict is there already.
    // `site` outlives the request.
    [[nodiscard]] static ngx_int_t begin(ngx_http_request_t* r, const site::Site& site);

    void cancel() noexcept override { task_.reset(); }

    QuotaFlow(ngx_http_request_t* r, const site::Site& site) : PhaseFlow(r), site_(site) {}

private:
    bool settle() noexcept override;
    void give_up() noexcept override;
    static void on_request_end(void* flow) noexcept;

    const site::Site& site_;
    flow::Task<const Answer*> task_;
};

}  // namespace social::ngx
