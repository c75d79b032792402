#include "access/quota.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "coro/result_task.hpp"
#include "loop/error_log.hpp"
#include "request/envelope.hpp"
#include "request/error_response.hpp"
#include "request/headers_filter.hpp"
#include "request/respond.hpp"
#include "worker/worker.hpp"

namespace social::ngx {

// The worker caches the windows. After a reload with "master_process off" there is no worker.
void QuotaCheck::look_at_window() {
    Worker* worker = main_settings(r_).worker.get();
    open_ = worker != nullptr ? &worker->open_windows().at(site_, now_)
                              : &create<site::OpenWindow>(r_->pool, site::open_window(site_, now_));
    window_ = open_->span;
    request_state(r_).rate_limit_policy = copy(r_->pool, open_->policy);
}

// The user's name is the last part: it may contain any byte, so it must not precede another part.
std::string_view QuotaCheck::counter() {
    const site::Quota& quota = *site_.quota;
    if (quota.per == site::QuotaPer::site) {
        return quota.counter;
    }
    user_counter_ = quota.counter + '\n';
    user_counter_ += view(request_state(r_).user);
    return user_counter_;
}

std::optional<flow::QuotaUse> QuotaCheck::use() {
    const RequestState& known = request_state(r_);
    if (!site_.quota || known.quota != QuotaState::unasked) {
        return std::nullopt;
    }
    look_at_window();
    if (!window_.contains(now_)) {
        set_rate_limit_headers(0, window_.opens - now_);
        record_refusal({"outside_window", limit_reached()});
        return std::nullopt;
    }
    return flow::QuotaUse{.counter = counter(),
                          .limit = site_.quota->limit,
                          .now = now_,
                          .ends_at = window_.closes,
                          .group = site_.quota->group};
}

void QuotaCheck::settle(const flow::Admission& admission) {
    const std::uint64_t limit = site_.quota->limit;
    // A reload may lower the limit below the current count.
    set_rate_limit_headers(limit - std::min(limit, admission.count), window_.until_end(now_));
    if (!admission.admitted) {
        record_refusal({"quota_exceeded", limit_reached()});
        return;
    }
    request_state(r_).quota = QuotaState::counted;
}

void QuotaCheck::on_store_error(const Error& error) {
    loop::log_error(r_->connection->log, error, {});
    if (site_.quota->on_error == site::OnStoreError::deny) {
        record_refusal({result_word(error.kind), present(error, ErrorFormat{})});
        return;
    }
    request_state(r_).quota = QuotaState::unchecked;
    set_result(r_, "quota_unchecked"_ns);
}

const Answer* QuotaCheck::refusal() const {
    return request_state(r_).quota_refusal;
}

Answer QuotaCheck::limit_reached() const {
    const site::Quota& quota = *site_.quota;
    const std::string message = quota.window.limit_reached(now_);
    Answer answer(quota.status, kJson,
                  to_json({.status = quota.status,
                           .user_message = message,
                           .developer_message = "",
                           .application_code = ""}));
    if (quota.status == NGX_HTTP_UNAUTHORIZED) {
        // The token is valid, so the challenge has no error code (RFC 6750 §3.1).
        answer.challenge = challenge(kTokenRequired);
    }
    answer.headers.push_back({"Retry-After", std::to_string(quota.window.retry_after(now_))});
    return answer;
}

void QuotaCheck::record_refusal(Refused refused) {
    write_log(r_->connection->log, NGX_LOG_INFO,
              {"social: the quota refuses, ", refused.result, ", site: ", site_.id});
    RequestState& known = request_state(r_);
    known.quota = QuotaState::refused;
    known.quota_refusal = &create<Answer>(r_->pool, std::move(refused.answer));
    set_result(r_, as_ngx(refused.result));
}

// Adds the headers to the main request at once, so that every response has them.
void QuotaCheck::set_rate_limit_headers(std::uint64_t remaining, std::int64_t reset) {
    RequestState& known = request_state(r_);
    auto* text = static_cast<u_char*>(ngx_pnalloc(r_->pool, site::RateLimitText::kLongest));
    if (text == nullptr) {
        throw std::bad_alloc();
    }
    const std::size_t size =
        open_->rate_limit.write(remaining, reset, reinterpret_cast<char*>(text));
    known.rate_limit = {.len = size, .data = text};
    add_rate_limit(r_->main, known);
}

void add_rate_limit(ngx_http_request_t* r, const RequestState& known) {
    if (known.rate_limit.len != 0) {
        add_lasting_header(r, kRateLimitPolicy, view(known.rate_limit_policy));
        add_lasting_header(r, kRateLimit, view(known.rate_limit));
    }
}

namespace {

// After a reload with "master_process off" there is no worker, and so no Redis.
flow::QuotaCounter& counter_of(MainSettings& settings) noexcept {
    Worker* worker = settings.worker.get();
    return worker != nullptr ? worker->quotas() : *settings.store;
}

}  // namespace

flow::Task<const Answer*> quota_refusal(ngx_http_request_t* r, const site::Site& site) {
    QuotaCheck gate(r, site);
    std::optional<flow::QuotaUse> use = gate.use();
    if (use) {
        flow::QuotaCounter& counter = counter_of(main_settings(r));
        const Result<flow::Admission> admission = co_await flow::as_result(counter.admit(*use));
        if (admission) {
            gate.settle(*admission);
        } else {
            gate.on_store_error(admission.error());
        }
    }
    co_return gate.refusal();
}

std::optional<const Answer*> quota_refusal_now(ngx_http_request_t* r, const site::Site& site) {
    QuotaCheck gate(r, site);
    if (const std::optional<flow::QuotaUse> use = gate.use()) {
        const auto admission = counter_of(main_settings(r)).try_acquire(*use);
        if (!admission) {
            return std::nullopt;
        }
        gate.settle(*admission);
    }
    return gate.refusal();
}

void divide_counters(MainSettings& settings, ngx_log_t* log) noexcept {
    const std::size_t quotas = settings.sites.count_quotas();
    const std::size_t per_user = settings.sites.count_user_quotas();
    const std::size_t counters = settings.store->usable_quotas();
    if (quotas > counters) {
        ngx_log_error(NGX_LOG_WARN, log, 0,
                      "social: %uz sites have a quota, and the store has room for the counters of "
                      "%uz: give \"social_store\" %uz times its size",
                      quotas, counters, quotas / std::max<std::size_t>(counters, 1) + 1);
    }
    if (per_user == 0) {
        return;
    }
    const std::size_t users = (counters - std::min(quotas, counters)) / per_user;
    settings.store->set_group_limit(users);
    ngx_log_error(NGX_LOG_WARN, log, 0,
                  "social: the store has room for the counters of %uz users of each site with "
                  "\"quota per=user\" (%uz sites) in one window; \"on_error\" decides on further "
                  "users: give \"social_store\" a size that fits yours",
                  users, per_user);
}

}  // namespace social::ngx
