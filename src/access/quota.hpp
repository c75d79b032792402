// The quota check of one request, for the session API and the access phase of guarded locations.
//
// The counter is called once per request, regardless of the number of guards. RequestState holds
// the outcome. QuotaCounter is a port: it answers without suspension if the counter is in memory.
#pragma once

#include <optional>

#include "coro/task.hpp"
#include "flow/quota_counter.hpp"
#include "ngx/ngx.hpp"
#include "request/answer.hpp"
#include "request/request_state.hpp"
#include "settings/settings.hpp"
#include "site/open_windows.hpp"
#include "site/site.hpp"

namespace social::ngx {

class QuotaCheck {
public:
    // Both arguments outlive the check.
    QuotaCheck(ngx_http_request_t* r, const site::Site& site) noexcept : r_(r), site_(site) {}

    // The use to count first; it refers to this object. nullopt if the site has no quota, its
    // window is closed, or the request was checked before. Throws std::bad_alloc.
    [[nodiscard]] std::optional<flow::QuotaUse> use();

    // Stores the outcome: the counter's reply, or the error of the store. Both throw
    // std::bad_alloc.
    void settle(const flow::Admission& admission);
    void on_store_error(const Error& error);

    // The refusal, in the request's pool; nullptr if the request may continue.
    [[nodiscard]] const Answer* refusal() const;

private:
    struct Refused {
        std::string_view result;  // $social_result
        Answer answer;
    };
    void look_at_window();
    [[nodiscard]] std::string_view counter();
    [[nodiscard]] Answer limit_reached() const;
    void record_refusal(Refused refused);
    void set_rate_limit_headers(std::uint64_t remaining, std::int64_t reset);

    ngx_http_request_t* r_;
    const site::Site& site_;
    std::int64_t now_ = ngx_time();
    site::OpenWindow* open_ = nullptr;  // set by use(); a later window after a suspension
    site::WindowSpan window_{};         // the request's window, set by use()
    std::string user_counter_;          // name of a counter per user, set by use()
};

// The refusal of the site's quota, or nullptr. Suspends until the counter replies. Throws
// std::bad_alloc.
[[nodiscard]] flow::Task<const Answer*> quota_refusal(ngx_http_request_t* r,
                                                      const site::Site& site);

// As quota_refusal(), without suspension. Returns nullopt and counts nothing if the counter needs a
// suspension.
[[nodiscard]] std::optional<const Answer*> quota_refusal_now(ngx_http_request_t* r,
                                                             const site::Site& site);

// Adds RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10), unless rate_limit
// is empty. Throws std::bad_alloc.
void add_rate_limit(ngx_http_request_t* r, const RequestState& known);

// Called when a configuration starts. Divides the counters in shared memory among the sites with a
// quota per user. So the users of one site cannot exhaust the counters of another. Warns of the
// number of users that fit, and if there are fewer counters than sites with a quota.
void divide_counters(MainSettings& settings, ngx_log_t* log) noexcept;

}  // namespace social::ngx
