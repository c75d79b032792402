#include "access/bearer.hpp"

#include <optional>
#include <utility>

#include "access/quota.hpp"
#include "loop/error_log.hpp"
#include "loop/guard.hpp"
#include "request/error_response.hpp"
#include "request/headers_in.hpp"
#include "request/request_line.hpp"
#include "request/request_object.hpp"
#include "request/request_state.hpp"
#include "request/request_task.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

namespace {

std::optional<std::string_view> authorization_text(ngx_http_request_t* r) noexcept {
    const ngx_str_t* header = authorization(r);
    if (header == nullptr) {
        return std::nullopt;
    }
    return view(*header);
}

// Under "satisfy any", nginx runs the next access handler only after 401 or 403. If all handlers
// refuse, the client gets this 401. The envelope filter restores the status of `answer`.
ngx_int_t refusal_status(ngx_http_request_t* r, const Answer& answer) noexcept {
    auto* core = static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_get_module_loc_conf(r, ngx_http_core_module));
    return core->satisfy == NGX_HTTP_SATISFY_ANY ? NGX_HTTP_UNAUTHORIZED : answer.status;
}

ngx_int_t refuse_access(ngx_http_request_t* r, const Answer& answer) {
    request_state(r).before_access.refused = true;
    return refuse_with(r, answer, refusal_status(r, answer));
}

ngx_int_t refuse_token(ngx_http_request_t* r, const Error& error) {
    loop::log_error(r->connection->log, error, {});
    set_result(r, as_ngx(result_word(error.kind)));
    return refuse_access(r, create<Answer>(r->pool, present(error, ErrorFormat{})));
}

// Keeps the first state of a pass: nginx calls the guard again after a suspension.
void keep_state(ngx_http_request_t* r) {
    RequestState& known = request_state(r);
    if (known.before_access.uri_changes != r->uri_changes) {
        known.before_access = {.uri_changes = r->uri_changes,
                               .refused = false,
                               .refusal = known.refusal,
                               .result = known.result};
    }
}

// Waits for a counter that is not in local shared memory. nginx then resumes the phases. The
// verdict is in RequestState.
class QuotaTask final : public RequestTask<const Answer*> {
public:
    // `site` outlives the request.
    QuotaTask(ngx_http_request_t* r, const site::Site& site)
        : RequestTask(r, WaitsIn::phase), site_(site) {}

    // Returns NGX_AGAIN, or NGX_OK if the verdict is already set.
    [[nodiscard]] ngx_int_t begin() {
        if (start(quota_refusal(request(), site_))) {
            return NGX_OK;
        }
        suspend();
        return NGX_AGAIN;
    }

private:
    ngx_int_t on_value(const Answer*&& /*refusal*/) override { return NGX_OK; }

    // Treats every failure as an unavailable counter.
    ngx_int_t on_error(const Error& error) override {
        QuotaCheck(request(), site_)
            .on_store_error({Kind::store_unavailable, error.what, error.detail});
        return NGX_OK;
    }

    [[nodiscard]] Error late() const override {
        return {Kind::store_unavailable, "the counters did not answer in time", {}};
    }

    const site::Site& site_;
};

ngx_int_t guard_location(ngx_http_request_t* r) {
    keep_state(r);
    const Result<Caller> caller = check_bearer(r);
    if (!caller) {
        return refuse_token(r, caller.error());
    }
    std::optional<const Answer*> refusal = quota_refusal_now(r, *caller->site);
    if (!refusal) {
        const ngx_int_t rc = create_for_request<QuotaTask>(r, r, *caller->site).begin();
        if (rc != NGX_OK) {
            return rc;
        }
        refusal = quota_refusal_now(r, *caller->site);
    }
    if (!refusal) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (*refusal != nullptr) {
        return refuse_access(r, **refusal);
    }
    if (request_state(r).quota != QuotaState::unchecked) {
        set_result(r, "admitted"_ns);
    }
    return NGX_OK;
}

}  // namespace

Result<Caller> check_bearer(ngx_http_request_t* r) {
    const MainSettings& settings = main_settings(r);
    Result<token::Claims> claims = settings.token.check->check(authorization_text(r), ngx_time());
    if (!claims) {
        return std::unexpected(std::move(claims.error()));
    }
    RequestState& known = request_state(r);
    known.site = as_ngx(claims->site->id);
    known.user = copy(r->pool, claims->user);
    return Caller{.site = claims->site};
}

void on_admitted(ngx_http_request_t* r) noexcept {
    auto* known = static_cast<RequestState*>(ngx_http_get_module_ctx(r, ngx_http_social_module));
    if (r != r->main || known == nullptr || !known->before_access.refused ||
        known->before_access.uri_changes != r->uri_changes) {
        return;
    }
    known->before_access.refused = false;
    known->refusal = known->before_access.refusal;
    known->result = known->before_access.result;
    known->has_own_result = known->result.len != 0;
}

ngx_int_t on_access(ngx_http_request_t* r) noexcept {
    if (location_settings(r).bearer != 1) {
        return NGX_DECLINED;
    }
    redact_request_line(r);
    return loop::guard(r->connection->log, "bearer check", NGX_HTTP_INTERNAL_SERVER_ERROR,
                       [r] { return guard_location(r); });
}

}  // namespace social::ngx
