// Figures of the gateway for programs and people: the Prometheus text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/, read 2026-11-27), JSON, and a
// page. Filled by ngx/status.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace social::page {

struct Sample {
    std::vector<std::pair<std::string_view, std::string>> labels;  // name, value
    std::uint64_t value = 0;
};

struct Metric {
    std::string_view name;
    std::string_view help;
    bool counts = false;  // a counter, which only grows; otherwise a gauge
    std::vector<Sample> samples;
};

using Metrics = std::vector<Metric>;

[[nodiscard]] std::string to_prometheus(const Metrics& metrics);

// {"name":[{"label":"value",…,"value":1},…],…}
[[nodiscard]] std::string to_json(const Metrics& metrics);

// Its only inline block is the style that all pages have.
[[nodiscard]] std::string to_html(const Metrics& metrics);

}  // namespace social::page
