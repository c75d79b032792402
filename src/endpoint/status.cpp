#include "endpoint/status.hpp"

#include <optional>
#include <string>
#include <vector>

#include "loop/error_log.hpp"
#include "page/metrics.hpp"
#include "request/headers_filter.hpp"
#include "request/request_state.hpp"

namespace social::ngx {

namespace {

using page::Metric;
using page::Sample;
using store::Extra;
using store::RequestCounts;

constexpr std::string_view kPrometheus = "text/plain; version=0.0.4; charset=utf-8";

Sample plain(std::uint64_t value) {
    return {.labels = {}, .value = value};
}

Sample labelled(std::string_view label, std::string_view word, std::uint64_t value) {
    return {.labels = {{label, std::string(word)}}, .value = value};
}

Metric requests_of(const RequestCounts& counts) {
    Metric metric{.name = "social_requests_total",
                  .help = "Requests by provider and by what became of them.",
                  .counts = true,
                  .samples = {}};
    for (std::size_t i = 0; i < counts.providers().size(); ++i) {
        for (std::size_t j = 0; j < store::kResults.size(); ++j) {
            const std::uint64_t count = counts.at({.provider = i, .result = j});
            if (count != 0) {
                metric.samples.push_back({.labels = {{"provider", counts.providers()[i]},
                                                     {"result", std::string(store::kResults[j])}},
                                          .value = count});
            }
        }
    }
    return metric;
}

void add_sessions(page::Metrics& metrics, MainSettings& settings, const RequestCounts& counts) {
    metrics.push_back({.name = "social_session_lookups_total",
                       .help = "Lookups of sessions: found in memory (hit), not there or asked of "
                               "Redis (miss), past their time while Redis is silent (stale).",
                       .counts = true,
                       .samples = {labelled("store", "hit", counts.at(Extra::hit)),
                                   labelled("store", "miss", counts.at(Extra::miss)),
                                   labelled("store", "stale", counts.at(Extra::stale))}});
    const store::TableStatistics table = settings.store->statistics();
    metrics.push_back({.name = "social_memory_sessions",
                       .help = "Sessions, or copies of them, in shared memory.",
                       .counts = false,
                       .samples = {plain(table.sessions)}});
    metrics.push_back({.name = "social_memory_bytes",
                       .help = "Shared memory for sessions.",
                       .counts = false,
                       .samples = {labelled("state", "used", table.bytes_used),
                                   labelled("state", "total", table.bytes_total)}});
    metrics.push_back({.name = "social_memory_removed_total",
                       .help = "Sessions that left shared memory by themselves: to make room for "
                               "others, or after their time.",
                       .counts = true,
                       .samples = {labelled("reason", "evicted", table.evicted),
                                   labelled("reason", "expired", table.expired)}});
}

void add_redis(page::Metrics& metrics, const RequestCounts& counts) {
    metrics.push_back({.name = "social_redis_commands_total",
                       .help = "Commands to Redis.",
                       .counts = true,
                       .samples = {plain(counts.at(Extra::redis_commands))}});
    metrics.push_back({.name = "social_redis_failures_total",
                       .help = "Commands to Redis without an answer.",
                       .counts = true,
                       .samples = {plain(counts.at(Extra::redis_failures))}});
    metrics.push_back({.name = "social_redis_connects_total",
                       .help = "Attempts to connect to Redis.",
                       .counts = true,
                       .samples = {plain(counts.at(Extra::redis_connects))}});
}

void add_log(page::Metrics& metrics) {
    metrics.push_back({.name = "social_log_suppressed_total",
                       .help = "Messages that the error log does not repeat.",
                       .counts = true,
                       .samples = {plain(loop::suppressed_messages())}});
}

std::optional<Extra> extra_of(std::string_view word) noexcept {
    if (word == "hit") {
        return Extra::hit;
    }
    if (word == "stale") {
        return Extra::stale;
    }
    return word == "miss" ? std::optional(Extra::miss) : std::nullopt;
}

}  // namespace

bool open_counts(ngx_conf_t* cf, MainSettings& settings) {
    std::vector<std::string> names;
    for (const auto& [name, provider] : settings.providers) {
        names.push_back(name);
    }
    settings.counts = RequestCounts::create(cf, ngx_http_social_module, std::move(names));
    return settings.counts != nullptr;
}

ngx_int_t on_log(ngx_http_request_t* r) noexcept {
    RequestCounts* counts = main_settings(r).counts.get();
    const RequestState* known = counts != nullptr ? find_identity(r) : nullptr;
    if (known == nullptr || known->result.len == 0) {
        return NGX_OK;
    }
    counts->count({.provider = view(known->provider), .result = view(known->result)});
    if (const std::optional<Extra> extra = extra_of(view(known->store))) {
        counts->add(*extra, 1);
    }
    return NGX_OK;
}

flow::Task<Answer> status(RequestContext& context) {
    MainSettings& settings = context.settings();
    context.worker().publish();
    page::Metrics metrics{requests_of(*settings.counts)};
    add_sessions(metrics, settings, *settings.counts);
    if (settings.redis) {
        add_redis(metrics, *settings.counts);
    }
    add_log(metrics);
    context.set_result("status");
    switch (location_settings(context.request()).status_format) {
        case StatusFormat::json:
            co_return Answer(200, kJson, page::to_json(metrics));
        case StatusFormat::html: {
            Answer answer(200, kHtml, page::to_html(metrics));
            answer.headers.push_back({kReferrerPolicy, std::string(kNoReferrer)});
            answer.headers.push_back(
                {"Content-Security-Policy",
                 std::string(page::content_security_policy(page::PageName::expired))});
            co_return answer;
        }
        case StatusFormat::prometheus:
            break;
    }
    co_return Answer(200, kPrometheus, page::to_prometheus(metrics));
}

}  // namespace social::ngx
