#include "ngx/bearer.hpp"

#include <optional>
#include <utility>

#include "loop/error_log.hpp"
#include "loop/guard.hpp"
#include "ngx/headers_in.hpp"
#include "ngx/identity.hpp"
#include "ngx/presentation.hpp"
#include "ngx/quota.hpp"
#include "ngx/quota_flow.hpp"
#include "ngx/request_line.hpp"
#include "ngx/settings.hpp"

namespace social::ngx {

namespace {

std::optional<std::string_view> authorization_text(ngx_http_request_t* r) noexcept {
    const ngx_str_t* header = authorization(r);
    if (header == nullptr) {
        return std::nullopt;
    }
    return view(*header);
}

// Under "satisfy any" nginx asks the next module only behind 401 and 403, and it is 401
// that a caller who fails everywhere gets; the envelope filter brings the real one back.
ngx_int_t refusal_status(ngx_http_request_t* r, const Answer& answer) noexcept {
    auto* core = static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_get_module_loc_conf(r, ngx_http_core_module));
    return core->satisfy == NGX_HTTP_SATISFY_ANY ? NGX_HTTP_UNAUTHORIZED : answer.status;
}

// nginx answers, so that error_page works; the envelope filter gives it the words.
ngx_int_t refuse(ngx_http_request_t* r, const Answer& answer) {
    Identity& known = identity(r);
    known.before_access.refused = true;
    known.refusal = {
        .answer = &answer, .status = refusal_status(r, answer), .uri_changes = r->uri_changes};
    return known.refusal.status;
}

ngx_int_t refuse_token(ngx_http_request_t* r, const Error& error) {
    loop::log_error(r->connection->log, error, {});
    set_result(r, as_ngx(result_word(error.kind)));
    return refuse(r, create<Answer>(r->pool, present(error, Presentation{})));
}

// A request that waited for its quota comes here again in the same pass.
void keep_state(ngx_http_request_t* r) {
    Identity& known = identity(r);
    if (known.before_access.uri_changes != r->uri_changes) {
        known.before_access = {.uri_changes = r->uri_changes,
                               .refused = false,
                               .refusal = known.refusal,
                               .result = known.result};
    }
}

ngx_int_t guard_location(ngx_http_request_t* r) {
    keep_state(r);
    const Result<Caller> caller = check_bearer(r);
    if (!caller) {
        return refuse_token(r, caller.error());
    }
    std::optional<const Answer*> refusal = quota_refusal_now(r, *caller->site);
    if (!refusal) {
        const ngx_int_t rc = QuotaFlow::begin(r, *caller->site);
        if (rc != NGX_OK) {
            return rc;
        }
        refusal = quota_refusal_now(r, *caller->site);
    }
    if (!refusal) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (*refusal != nullptr) {
        return refuse(r, **refusal);
    }
    if (identity(r).quota != QuotaState::unchecked) {
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
    Identity& known = identity(r);
    known.site = as_ngx(claims->site->id);
    known.user = copy(r->pool, claims->user);
    return Caller{.site = claims->site};
}

void on_admitted(ngx_http_request_t* r) noexcept {
    auto* known = static_cast<Identity*>(ngx_http_get_module_ctx(r, ngx_http_social_module));
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
    mask_request_line(r);
    return loop::guard(r->connection->log, "bearer check", NGX_HTTP_INTERNAL_SERVER_ERROR,
                       [r] { return guard_location(r); });
}

}  // namespace social::ngx
