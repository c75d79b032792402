// Untrusted Accept and Accept-Language headers (RFC 9110 §12.5). Lists are compared with a plain
// parser. Both results are checked against rules that hold for every list.
#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "fuzz.hpp"
#include "page/language.hpp"
#include "page/quality_list.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

struct Member {
    std::string range;
    int quality = 0;
    bool operator==(const Member&) const = default;
};

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts(1);
    for (const char c : text) {
        if (c == separator) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

// Parses a weight by the number of decimals (RFC 9110 §12.4.2). Returns -1 if it is malformed.
int weight_of(const std::string& text) {
    const auto decimals = split(text, '.');
    if (decimals.size() > 2 || (decimals[0] != "0" && decimals[0] != "1")) {
        return -1;
    }
    std::string thousandths = decimals.size() == 2 ? decimals[1] : "";
    if (thousandths.size() > 3 || !std::ranges::all_of(thousandths, base::is_digit)) {
        return -1;
    }
    thousandths.resize(3, '0');
    const int weight = std::stoi(decimals[0]) * 1000 + std::stoi(thousandths);
    return weight > 1000 ? -1 : weight;
}

// For lists without quoted strings.
std::vector<Member> reference(std::string_view list) {
    std::vector<Member> members;
    for (const std::string& text : split(list, ',')) {
        const auto parts = split(text, ';');
        Member member{.range = std::string(base::trimmed(parts[0])), .quality = 1000};
        bool readable = !member.range.empty();
        for (std::size_t i = 1; i < parts.size(); ++i) {
            const std::string parameter = base::lowered(base::trimmed(parts[i]));
            if (parameter.starts_with("q=")) {
                member.quality = weight_of(parameter.substr(2));
                readable = readable && member.quality >= 0;
            }
        }
        if (readable) {
            members.push_back(member);
        }
    }
    return members;
}

std::vector<Member> members_of(std::string_view list) {
    std::vector<Member> members;
    page::QualityList reader(list);
    while (const auto preference = reader.next()) {
        require(!preference->range.empty());
        require(base::trimmed(preference->range) == preference->range);
        require(preference->quality >= 0 && preference->quality <= 1000);
        require(preference->range.data() >= list.data() &&
                preference->range.data() + preference->range.size() <= list.data() + list.size());
        members.push_back({std::string(preference->range), preference->quality});
    }
    require(members.size() <= static_cast<std::size_t>(std::ranges::count(list, ',')) + 1);
    return members;
}

void check_answers(const std::string& list) {
    const page::Language language = page::negotiate_language(list);
    const bool json = page::prefers_json(list);
    const std::string lower = base::lowered(list);

    // Case and empty members have no effect.
    require(page::negotiate_language(lower) == language && page::prefers_json(lower) == json);
    const std::string longer = ", ;q=1,x/x;q=2," + list;
    require(page::negotiate_language(longer) == language && page::prefers_json(longer) == json);

    // Only listed types and languages are selected.
    const bool names_indonesian =
        lower.contains("id") || lower.contains("in") || lower.contains('*');
    require(language == page::Language::en || names_indonesian);
    require(!json || lower.contains("application/json") || lower.contains("application/*") ||
            lower.contains("*/*"));  // with "text/html;q=0"

    // An additional language is selected if no other member is valid.
    if (members_of(list).empty()) {
        require(language == page::Language::en && !json);
        require(page::negotiate_language(list + ",id") == page::Language::id || list.contains('"'));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view list = text_of(data, size);
    const auto members = members_of(list);
    if (!list.contains('"')) {
        require(members == reference(list));
    }
    check_answers(std::string(list));
    return 0;
}
