// Untrusted text in a page, a JSON response, a header and a link. UTF-8 is compared with a
// table-driven decoder (RFC 3629 §4). Escaped text contains no markup and can be decoded again.
#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "base/json.hpp"
#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "page/escape.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

unsigned octet(std::string_view text, std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

bool within(unsigned value, unsigned low, unsigned high) {
    return value >= low && value <= high;
}

// Returns the octets of the first sequence by the table of RFC 3629 §4, or 0 if it is malformed.
std::size_t sequence_size(std::string_view text) {
    const unsigned a = octet(text, 0);
    const unsigned b = octet(text, 1);
    const bool tail2 = within(octet(text, 2), 0x80, 0xbf);
    const bool tail3 = within(octet(text, 3), 0x80, 0xbf);
    if (a < 0x80) {
        return 1;
    }
    if (within(a, 0xc2, 0xdf)) {
        return within(b, 0x80, 0xbf) ? 2 : 0;
    }
    if (within(a, 0xe0, 0xef)) {
        const unsigned low = a == 0xe0 ? 0xa0 : 0x80;
        const unsigned high = a == 0xed ? 0x9f : 0xbf;
        return within(b, low, high) && tail2 ? 3 : 0;
    }
    if (within(a, 0xf0, 0xf4)) {
        const unsigned low = a == 0xf0 ? 0x90 : 0x80;
        const unsigned high = a == 0xf4 ? 0x8f : 0xbf;
        return within(b, low, high) && tail2 && tail3 ? 4 : 0;
    }
    return 0;
}

// Returns the text with U+FFFD in place of each octet that starts no sequence.
std::string repaired(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t size = sequence_size(text);
        out += size == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return out;
}

void check_html(std::string_view text) {
    const std::string html = page::escape_html(text);
    require(base::is_utf8(html));
    require(html.find_first_of("<>\"'`") == std::string::npos);
    require(std::ranges::none_of(html, base::is_control));
    for (std::size_t at = html.find('&'); at != std::string::npos; at = html.find('&', at + 1)) {
        const std::size_t end = html.find(';', at);
        require(end != std::string::npos && end - at <= 7);
    }
}

void check_json(std::string_view text) {
    const std::string json = base::json_string(text);
    require(base::is_utf8(json) && json.find_first_of("<>&") == std::string::npos);
    const auto parsed = base::Json::parse("[" + json + "]");
    if (text.contains('\0')) {
        return;  // valid JSON that our parser refuses
    }
    require(parsed && parsed->at(0).text() == repaired(text));
}

void check_link(std::string_view text) {
    if (!page::is_safe_link(text)) {
        return;
    }
    require(std::ranges::all_of(text, base::is_visible) && !text.contains('\\'));
    const bool own = text.starts_with('/') && !text.starts_with("//");
    const std::string lower = base::lowered(text);
    require(own || lower.starts_with("http://") || lower.starts_with("https://"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    std::string_view rest = text;
    while (!rest.empty() && sequence_size(rest) != 0) {
        const std::size_t expected = sequence_size(rest);
        const std::size_t before = rest.size();
        require(base::take_code_point(rest).has_value() && before - rest.size() == expected);
    }
    require(base::is_utf8(text) == rest.empty());
    require(rest.empty() || !base::take_code_point(rest));

    check_html(text);
    check_json(text);
    check_link(text);
    return 0;
}
