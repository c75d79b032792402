// Formats metrics as HTML, as JSON, and in the Prometheus text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/, read 2026-11-27).
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
    bool counts = false;  // true: a counter, which only increases; false: a gauge
    std::vector<Sample> samples;
};

using Metrics = std::vector<Metric>;

// Label values are escaped.
[[nodiscard]] std::string to_prometheus(const Metrics& metrics);

// {"name":[{"label":"value",…,"value":1},…],…}
[[nodiscard]] std::string to_json(const Metrics& metrics);

// The only inline block is kStyle, as in all pages.
[[nodiscard]] std::string to_html(const Metrics& metrics);

}  // namespace social::page
