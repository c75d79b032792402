// The quota of a site at one request that brought a token of it: in the session API and
// in the access phase of guarded locations.
//
// It is asked once for a request, however many guards that meets: what became of it
// stands in the request's RequestState. The counting is behind a port, which knows the answer at
// once where the counter is in memory.
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
    // Both outlive the gate.
    QuotaCheck(ngx_http_request_t* r, const site::Site& site) noexcept : r_(r), site_(site) {}

    // What a counter has to be asked first; it refers to the gate. Nothing where none has a say:
    // the site has no quota, its window is closed, or the request was here before.
    [[nodiscard]] std::optional<flow::QuotaUse> use();

    // The counter's answer, or that it could not be asked.
    void settle(const flow::Admission& admission);
    void on_store_error(const Error& error);

    // What to answer when the request may not go on; in its pool. nullptr: it may.
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
    site::OpenWindow* open_ = nullptr;  // of the site, since use(); of a later window after waiting
    site::WindowSpan window_{};         // the request's own, since use()
    std::string user_counter_;          // of a quota per user, since use()
};

// The refusal of the site's quota, or nullptr. Waits for the counter where it has to.
[[nodiscard]] flow::Task<const Answer*> quota_refusal(ngx_http_request_t* r,
                                                      const site::Site& site);

// The same without waiting; nothing, and nothing is counted, where the counter must be waited for.
[[nodiscard]] std::optional<const Answer*> quota_refusal_now(ngx_http_request_t* r,
                                                             const site::Site& site);

// RateLimit and RateLimit-Policy, where the request was counted or refused.
void add_rate_limit(ngx_http_request_t* r, const RequestState& known);

// For the start of a configuration: divides the counters in shared memory among the sites whose
// quota counts each user, so that the users of one site take no counter from another site. Warns
// of the number of users that fit, and where more sites have a quota than there are counters.
void divide_counters(MainSettings& settings, ngx_log_t* log) noexcept;

}  // namespace social::ngx
