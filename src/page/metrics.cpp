#include "page/metrics.hpp"

#include "base/json.hpp"
#include "page/escape.hpp"
#include "page/markup.hpp"

namespace social::page {

namespace {

// Escapes backslashes, quotes and line feeds in a label value.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') {
            out += '\\';
        }
        out += c;
    }
    return out;
}

std::string labels_of(const Sample& sample) {
    std::string out;
    for (const auto& [name, value] : sample.labels) {
        out += out.empty() ? "{" : ",";
        out.append(name).append("=\"").append(escaped(value)).append("\"");
    }
    return out.empty() ? out : out + '}';
}

}  // namespace

std::string to_prometheus(const Metrics& metrics) {
    std::string out;
    for (const Metric& metric : metrics) {
        out.append("# HELP ").append(metric.name).append(" ").append(metric.help).append("\n");
        out.append("# TYPE ").append(metric.name);
        out.append(metric.counts ? " counter\n" : " gauge\n");
        for (const Sample& sample : metric.samples) {
            out.append(metric.name).append(labels_of(sample)).append(" ");
            out.append(std::to_string(sample.value)).append("\n");
        }
    }
    return out;
}

std::string to_json(const Metrics& metrics) {
    std::string out = "{";
    for (const Metric& metric : metrics) {
        out += out.size() > 1 ? "," : "";
        out.append(base::json_string(metric.name)).append(":[");
        for (const Sample& sample : metric.samples) {
            out += out.ends_with('[') ? "{" : ",{";
            for (const auto& [name, value] : sample.labels) {
                out.append(base::json_string(name)).append(":");
                out.append(base::json_string(value)).append(",");
            }
            out.append("\"value\":").append(std::to_string(sample.value)).append("}");
        }
        out += ']';
    }
    return out + '}';
}

std::string to_html(const Metrics& metrics) {
    std::string out =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"robots\" content=\"noindex\">\n<title>Status</title>\n";
    out.append(kIcon).append("<style>").append(kStyle).append(
        "</style>\n</head>\n<body>\n<main>\n<h1>Status</h1>\n");
    for (const Metric& metric : metrics) {
        out.append("<p class=\"hint\">").append(escape_html(metric.help)).append("</p>\n<output>");
        for (const Sample& sample : metric.samples) {
            std::string words;
            for (const auto& [name, value] : sample.labels) {
                words.append(value).append(" ");
            }
            out.append(escape_html(words)).append(std::to_string(sample.value)).append("<br>\n");
        }
        out.append("</output>\n");
    }
    return out + "</main>\n</body>\n</html>\n";
}

}  // namespace social::page
