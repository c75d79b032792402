// The error response is chosen in this order:
//
// 1. The guard refused this request and nginx built its own page: the guard's response.
// 2. As 1, and error_page kept the status: the operator's content stays. The filter adds the
//    headers that the status needs (WWW-Authenticate, Retry-After).
// 3. The location is an endpoint of the API, or one for browsers and the client prefers JSON.
// 4. nginx found no location, and the request target has the prefix of an API location.
#include "module/envelope_filter.hpp"

#include "access/quota.hpp"
#include "base/ascii.hpp"
#include "endpoint/endpoints.hpp"
#include "loop/guard.hpp"
#include "page/language.hpp"
#include "request/answer.hpp"
#include "request/envelope.hpp"
#include "request/headers_filter.hpp"
#include "request/headers_in.hpp"
#include "request/request_state.hpp"
#include "request/respond.hpp"
#include "request/token_answers.hpp"
#include "settings/api_targets.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

namespace {

// The next filters of the chains; set when a worker starts.
ngx_http_output_header_filter_pt next_header_filter;
ngx_http_output_body_filter_pt next_body_filter;

bool sends_header(ngx_http_request_t* r, std::string_view name) noexcept {
    for (ngx_list_part_t* part = &r->headers_out.headers.part; part != nullptr; part = part->next) {
        const auto* lines = static_cast<const ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i) {
            if (lines[i].hash != 0 && base::equals_ignoring_case(view(lines[i].key), name)) {
                return true;
            }
        }
    }
    return false;
}

// `name` and `value` live as long as the request.
void add_missing_header(ngx_http_request_t* r, std::string_view name, std::string_view value) {
    if (!sends_header(r, name)) {
        add_lasting_header(r, name, value);
    }
}

// The access log shows the status of `answer`. `answer` lives as long as the request.
void send_instead(ngx_http_request_t* r, const Answer& answer) {
    RequestState& known = request_state(r);
    set_headers(r, answer);
    r->err_status = static_cast<ngx_uint_t>(answer.status);
    known.envelope = &body_chain(r, answer);
}

// nginx has replaced its own 494 by 400 here. ngx_http_special_response_handler() clears
// lingering_close for other 400s and keeps it for a 494. With a request body the flag has other
// causes too.
std::string_view message_of(ngx_http_request_t* r) noexcept {
    const bool too_large = r->err_status == NGX_HTTP_BAD_REQUEST && r->lingering_close != 0 &&
                           r->headers_in.content_length_n <= 0 && r->headers_in.chunked == 0;
    return too_large ? message_of_status(kHeaderTooLarge)
                     : message_of_status(static_cast<int>(r->err_status));
}

bool location_known(ngx_http_request_t* r) noexcept {
    const auto* server = static_cast<ngx_http_core_srv_conf_t*>(
        ngx_http_get_module_srv_conf(r, ngx_http_core_module));
    return r->loc_conf != server->ctx->loc_conf;
}

// Allow lists the methods of the endpoint.
struct Wanted {
    bool envelope = false;
    std::string_view allow;
};

Wanted wanted(ngx_http_request_t* r) noexcept {
    const Endpoint endpoint = location_settings(r).endpoint;
    if (endpoint != Endpoint::none) {
        return {.envelope = is_api(endpoint) || page::prefers_json(header_in(r, "accept")),
                .allow = allowed_methods(endpoint)};
    }
    const ApiTarget* target = location_known(r) ? nullptr : find_api_target(r);
    if (target == nullptr) {
        return {};
    }
    return {.envelope = true, .allow = target->allow};
}

void present_error(ngx_http_request_t* r) {
    const Wanted want = wanted(r);
    // RFC 9110 §15.5.6 requires Allow also when nginx itself rejects a method, for example TRACE.
    if (r->err_status == NGX_HTTP_NOT_ALLOWED && !want.allow.empty()) {
        add_missing_header(r, "Allow", want.allow);
    }
    if (location_settings(r).endpoint != Endpoint::none && !want.envelope) {
        add_missing_header(r, "Cache-Control", "no-store");
    }
    if (want.envelope) {
        const int status = static_cast<int>(r->err_status);
        if (status == NGX_HTTP_REQUEST_ENTITY_TOO_LARGE &&
            location_settings(r).endpoint == Endpoint::authenticate) {
            send_instead(r, create<Answer>(r->pool, body_too_large()));
            return;
        }
        std::string text = to_json({.status = status, .user_message = message_of(r)});
        send_instead(r, create<Answer>(r->pool, status, kJson, std::move(text)));
    }
}

void rewrite(ngx_http_request_t* r) {
    const RequestState* known = find_identity(r);
    if (known != nullptr) {
        // Other filters clear the headers when they turn a response into an error.
        if (known->rate_limit.len != 0 && !sends_header(r, kRateLimit)) {
            add_rate_limit(r, *known);
        }
        const Refusal& refusal = known->refusal;
        if (refusal.answer != nullptr && r->err_status == static_cast<ngx_uint_t>(refusal.status)) {
            if (refusal.uri_changes == r->uri_changes) {
                send_instead(r, *refusal.answer);
                return;
            }
            if (!refusal.answer->challenge.empty()) {
                add_missing_header(r, "WWW-Authenticate", refusal.answer->challenge);
            }
            for (const AnswerHeader& header : refusal.answer->headers) {
                add_missing_header(r, header.name, header.value);
            }
            return;
        }
    }
    present_error(r);
}

ngx_int_t on_header(ngx_http_request_t* r) noexcept {
    if (r->err_status < NGX_HTTP_BAD_REQUEST || r != r->main) {
        return next_header_filter(r);
    }
    return loop::guard(r->connection->log, "error envelope", NGX_ERROR, [r] {
        rewrite(r);
        return next_header_filter(r);
    });
}

ngx_int_t on_body(ngx_http_request_t* r, ngx_chain_t* in) noexcept {
    auto* known = static_cast<RequestState*>(ngx_http_get_module_ctx(r, ngx_http_social_module));
    if (known == nullptr || known->envelope == nullptr || in == nullptr) {
        return next_body_filter(r, in);
    }
    return next_body_filter(r, std::exchange(known->envelope, nullptr));
}

}  // namespace

void add_envelope_filters() noexcept {
    next_header_filter = std::exchange(ngx_http_top_header_filter, &on_header);
    next_body_filter = std::exchange(ngx_http_top_body_filter, &on_body);
}

}  // namespace social::ngx
