// State of one request for variables, the access log and this module's guards: site, user,
// provider, result.
//
// It lives in the request's pool and stays valid in the log phase. An internal redirect clears
// module contexts. find_identity() then finds the state by its cleanup entry in the pool.
#pragma once

#include <cstdint>
#include <type_traits>

#include "ngx/ngx.hpp"

namespace social::ngx {

class Answer;

// Outcome of the quota check. The counter is called once per request. Every later guard uses this
// value, also after an internal redirect.
enum class QuotaState : std::uint8_t {
    unasked,
    counted,
    unchecked,  // counter unavailable, admitted by "on_error"
    refused,
};

// The refusal of a location's guard, for the envelope filter.
struct Refusal {
    const Answer* answer = nullptr;  // in the request's pool
    ngx_int_t status = 0;            // returned to nginx
    ngx_uint_t uri_changes = 0;      // r->uri_changes of this pass over the phases
};

// The state before the access phase. on_access() saves it, on_admitted() restores it if another
// module admits a refused request ("satisfy any").
struct BeforeAccess {
    ngx_uint_t uri_changes = 0;  // of this pass over the phases; 0: not saved
    bool refused = false;
    Refusal refusal;
    ngx_str_t result{};
};

struct RequestState {
    ngx_str_t site{};               // id of the site that the token is for
    ngx_str_t user{};               // `sub` of the token
    ngx_str_t provider{};           // name of the provider block
    ngx_str_t result{};             // static text, one word; see set_result()
    bool has_own_result = false;    // the main request has set it
    ngx_str_t store{};              // static text: hit, miss, stale
    ngx_str_t rate_limit{};         // value of RateLimit; empty: no quota, or no verdict
    ngx_str_t rate_limit_policy{};  // value of RateLimit-Policy
    QuotaState quota = QuotaState::unasked;
    const Answer* quota_refusal = nullptr;  // in the request's pool
    Refusal refusal{};
    BeforeAccess before_access{};
    ngx_chain_t* envelope = nullptr;             // replaces nginx's own error page
    const ngx_http_request_t* logged = nullptr;  // the latest subrequest that was logged
};
static_assert(std::is_trivially_destructible_v<RequestState>);

// The state of the main request; created by the first call. Throws std::bad_alloc.
[[nodiscard]] RequestState& request_state(ngx_http_request_t* r);

// Sets $social_result; `word` has static storage. A subrequest does not replace a result that the
// main request has set. Throws as request_state() does.
void set_result(ngx_http_request_t* r, ngx_str_t word);

// Stores `answer` for the envelope filter and returns `status`. nginx finalizes with it, so that
// error_page applies. `answer` lives as long as the request. Throws as request_state() does.
[[nodiscard]] ngx_int_t refuse_with(ngx_http_request_t* r, const Answer& answer, ngx_int_t status);

// The state of the main request, or nullptr if request_state() was never called.
[[nodiscard]] const RequestState* find_identity(ngx_http_request_t* r) noexcept;

}  // namespace social::ngx
