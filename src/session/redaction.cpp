#include "session/redaction.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "session/session_id.hpp"

namespace social::session {

namespace {

constexpr std::string_view kRedirectUrl = "redirectUrl=";
constexpr std::string_view kSession = "/session/";
constexpr std::size_t kEscape = 3;  // characters

// Operators search logs for redirectUrl. Its query may contain anything: cut at the first "?" or
// "#", escaped or not.
std::string_view without_query(std::string_view url) {
    std::size_t end = url.find_first_of("?#");
    for (const std::string_view escaped : {"%3f", "%3F", "%23"}) {
        end = std::min(end, url.find(escaped));
    }
    return url.substr(0, end);
}

void append_redacted_parameter(std::string& out, std::string_view parameter) {
    if (parameter.starts_with(kRedirectUrl)) {
        out += without_query(parameter);
        return;
    }
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos) {
        out += parameter.substr(0, equals + 1);
    }
    out += '*';
}

void append_redacted_query(std::string& out, std::string_view query) {
    for (std::size_t begin = 0; begin <= query.size();) {
        const std::size_t end = std::min(query.find('&', begin), query.size());
        append_redacted_parameter(out, query.substr(begin, end - begin));
        if (end < query.size()) {
            out += '&';
        }
        begin = end + 1;
    }
}

// Returns the number of characters at the start of `path` that spell "/session/", or 0. nginx
// decodes the path before it selects a location, so "%2fsession%2f" counts.
std::size_t session_prefix(std::string_view path) noexcept {
    std::size_t at = 0;
    for (const char wanted : kSession) {
        const std::optional<char> escaped = base::leading_escape(path.substr(at));
        if (at == path.size() || base::to_lower(escaped.value_or(path[at])) != wanted) {
            return 0;
        }
        at += escaped ? kEscape : 1;
    }
    return at;
}

// Returns the number of characters that spell one letter or digit, escaped or not, or 0.
std::size_t word_character(std::string_view path) noexcept {
    const std::optional<char> escaped = base::leading_escape(path);
    if (path.empty() || !base::is_alnum(escaped.value_or(path.front()))) {
        return 0;
    }
    return escaped ? kEscape : 1;
}

struct Word {
    std::size_t size = 0;        // characters of its spelling
    std::size_t characters = 0;  // letters and digits
};

Word leading_word(std::string_view path) noexcept {
    Word word;
    while (const std::size_t size = word_character(path.substr(word.size))) {
        word.size += size;
        ++word.characters;
    }
    return word;
}

// Redacts words of a session id's length in other paths, too, for example "/api/session;x/{id}".
void append_redacted_path(std::string& out, std::string_view path) {
    while (!path.empty()) {
        if (const std::size_t prefix = session_prefix(path)) {
            out += path.substr(0, prefix);
            out += prefix < path.size() ? "*" : "";
            return;
        }
        const Word word = leading_word(path);
        const std::size_t other = base::leading_escape(path) ? kEscape : 1;
        const std::size_t size = word.size > 0 ? word.size : other;
        out += word.characters >= kIdLength ? "*" : path.substr(0, size);
        path.remove_prefix(size);
    }
}

// Returns the size of the method and the space before the target. A method has the characters that
// nginx accepts. Returns 0 if the line is malformed: then all of it may be a target.
std::size_t method_size(std::string_view line) noexcept {
    const std::size_t space = line.find(' ');
    const bool is_method = space != std::string_view::npos && space != 0 &&
                           std::ranges::all_of(line.substr(0, space), [](char c) {
                               return base::is_upper(c) || c == '_' || c == '-';
                           });
    return is_method ? space + 1 : 0;
}

// Returns the size of " HTTP/1.1" at the end of the line, or 0 without one.
std::size_t protocol_size(std::string_view line) noexcept {
    constexpr std::string_view kProtocol = " HTTP/";
    const std::size_t begin = line.rfind(kProtocol);
    if (begin == std::string_view::npos) {
        return 0;
    }
    const std::string_view version = line.substr(begin + kProtocol.size());
    const bool is_version =
        std::ranges::all_of(version, [](char c) { return base::is_digit(c) || c == '.'; });
    return is_version ? line.size() - begin : 0;
}

}  // namespace

std::string redacted_request_line(std::string_view line) {
    const std::size_t method = method_size(line);
    const std::size_t protocol = protocol_size(line.substr(method));
    const std::string_view target = line.substr(method, line.size() - method - protocol);
    const std::size_t question = target.find('?');
    std::string out(line.substr(0, method));
    append_redacted_path(out, target.substr(0, question));
    if (question != std::string_view::npos) {
        out += '?';
        append_redacted_query(out, target.substr(question + 1));
    }
    out += line.substr(line.size() - protocol);
    return out;
}

}  // namespace social::session
