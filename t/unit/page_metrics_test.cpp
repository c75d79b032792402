#include "page/metrics.hpp"

#include "catch.hpp"

using namespace social::page;

namespace {

const Metrics kMetrics = {
    {.name = "a_total",
     .help = "What <a> counts.",
     .counts = true,
     .samples = {{.labels = {{"x", "one"}, {"y", "q\"b\\s\n<"}}, .value = 7},
                 {.labels = {{"x", "two"}}, .value = 0}}},
    {.name = "b", .help = "A gauge.", .counts = false, .samples = {{.labels = {}, .value = 9}}},
    {.name = "c", .help = "Nothing yet.", .counts = false, .samples = {}},
};

}  // namespace

TEST_CASE("metrics are formatted in the Prometheus text format", "[page]") {
    CHECK(to_prometheus(kMetrics) ==
          "# HELP a_total What <a> counts.\n# TYPE a_total counter\n"
          "a_total{x=\"one\",y=\"q\\\"b\\\\s\\n<\"} 7\na_total{x=\"two\"} 0\n"
          "# HELP b A gauge.\n# TYPE b gauge\nb 9\n# HELP c Nothing yet.\n# TYPE c gauge\n");
}

TEST_CASE("metrics are formatted as JSON", "[page]") {
    CHECK(to_json(kMetrics) ==
          R"({"a_total":[{"x":"one","y":"q\"b\\s\u000a\u003c","value":7},{"x":"two","value":0}],)"
          R"("b":[{"value":9}],"c":[]})");
    CHECK(to_json({}) == "{}");
}

TEST_CASE("metrics in HTML are escaped", "[page]") {
    const std::string html = to_html(kMetrics);
    CHECK(html.find("<a>") == std::string::npos);
    CHECK(html.find("What &lt;a&gt; counts.") != std::string::npos);
    CHECK(html.find("two 0") != std::string::npos);
}
