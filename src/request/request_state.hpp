// What became known of a request, for variables, the access log and the guards
// of one request among themselves: which site and user, by which provider, and
// with what result.
//
// It lives in the request's pool until the pool dies, that is, past the log
// phase. An internal redirect clears module contexts, so the cell is found again
// through its entry in the pool's list of cleanups.
#pragma once

#include <cstdint>
#include <type_traits>

#include "ngx/ngx.hpp"

namespace social::ngx {

class Answer;

// What became of the request at its site's quota. It is asked once: every guard that the
// request meets later, also behind an internal redirect, goes by this.
enum class QuotaState : std::uint8_t {
    unasked,
    counted,
    unchecked,  // the counters could not be asked, and the site admits then
    refused,
};

// What a guard of a location has told nginx to refuse, for the envelope filter.
struct Refusal {
    const Answer* answer = nullptr;  // in the request's pool
    ngx_int_t status = 0;            // that nginx was told
    ngx_uint_t uri_changes = 0;      // r->uri_changes: which pass over the phases it was
};

// The state in front of the access phase, where the guard refuses. Under "satisfy any" another
// module may admit the request all the same.
struct BeforeAccess {
    ngx_uint_t uri_changes = 0;  // of the pass over the phases; 0: of none
    bool refused = false;
    Refusal refusal;
    ngx_str_t result{};
};

struct RequestState {
    ngx_str_t site{};               // id of the site that the token is for
    ngx_str_t user{};               // `sub` of the token
    ngx_str_t provider{};           // name of the provider block
    ngx_str_t result{};             // static text, one word; see set_result()
    bool has_own_result = false;    // of the main request itself
    ngx_str_t store{};              // static text: hit, miss, stale
    ngx_str_t rate_limit{};         // value of RateLimit; empty where nothing was counted
    ngx_str_t rate_limit_policy{};  // value of RateLimit-Policy
    QuotaState quota = QuotaState::unasked;
    const Answer* quota_refusal = nullptr;  // in the request's pool
    Refusal refusal{};
    BeforeAccess before_access{};
    ngx_chain_t* envelope = nullptr;             // to be sent in place of nginx's own page
    const ngx_http_request_t* logged = nullptr;  // the latest subrequest that was logged
};
static_assert(std::is_trivially_destructible_v<RequestState>);

// Of the main request, made at the first call. Throws std::bad_alloc.
[[nodiscard]] RequestState& request_state(ngx_http_request_t* r);

// $social_result; `word` has static storage. A subrequest leaves what its main request has got
// by itself. Throws as request_state() does.
void set_result(ngx_http_request_t* r, ngx_str_t word);

// The status for nginx to finalize with, so that error_page works; the envelope filter sends
// `answer` with it, which lives as long as the request. Throws as request_state() does.
[[nodiscard]] ngx_int_t refuse_with(ngx_http_request_t* r, const Answer& answer, ngx_int_t status);

// nullptr where no part of the module has touched the request.
[[nodiscard]] const RequestState* find_identity(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
