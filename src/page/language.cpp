#include "page/language.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "base/ascii.hpp"
#include "page/quality_list.hpp"

namespace social::page {

namespace {

struct Tag {
    std::string_view text;
    Language language;
};

// "in" is the tag of Indonesian until 1989; some Java clients send it.
constexpr std::array kTags{
    Tag{"en", Language::en},
    Tag{"id", Language::id},
    Tag{"in", Language::id},
};

// Compares the primary subtag: "id-ID" matches Indonesian (RFC 4647 §3.4).
std::optional<Language> language_of(std::string_view range) noexcept {
    const std::string_view primary = range.substr(0, range.find('-'));
    const auto* tag = std::ranges::find_if(
        kTags, [primary](const Tag& t) { return base::equals_ignoring_case(t.text, primary); });
    return tag != kTags.end() ? std::optional(tag->language) : std::nullopt;
}

constexpr int kUnlisted = -1;

// The quality and position of one language in the list.
struct Ranking {
    int quality = kUnlisted;
    int position = 0;
};

constexpr std::size_t index_of(Language language) noexcept {
    return static_cast<std::size_t>(language);
}

constexpr int kNoMatch = -1;

// The quality of the most specific matching media range (RFC 9110 §12.5.1).
struct MediaQuality {
    int specificity = kNoMatch;
    int quality = 0;

    void consider(int other_specificity, int other_quality) noexcept {
        if (other_specificity == kNoMatch) {
            return;
        }
        if (other_specificity > specificity) {
            *this = {other_specificity, other_quality};
        } else if (other_specificity == specificity) {
            quality = std::max(quality, other_quality);
        }
    }
};

// The media ranges that match a type, by increasing specificity: "*/*", "text/*", "text/html".
using Ranges = std::array<std::string_view, 3>;

int specificity(std::string_view range, const Ranges& ranges) noexcept {
    const auto* found = std::ranges::find_if(
        ranges, [range](std::string_view r) { return base::equals_ignoring_case(r, range); });
    return found != ranges.end() ? static_cast<int>(found - ranges.begin()) : kNoMatch;
}

constexpr Ranges kHtmlRanges{"*/*", "text/*", "text/html"};
constexpr Ranges kJsonRanges{"*/*", "application/*", "application/json"};

}  // namespace

std::string_view language_tag(Language language) noexcept {
    return language == Language::id ? "id" : "en";
}

Language negotiate_language(std::string_view accept_language) noexcept {
    std::array<Ranking, kLanguageCount> rankings;
    Ranking any;
    QualityList list(accept_language);
    int position = 0;
    while (const auto preference = list.next()) {
        ++position;
        const std::optional<Language> language = language_of(preference->range);
        if (!language && preference->range != "*") {
            continue;
        }
        Ranking& ranking = language ? rankings[index_of(*language)] : any;
        if (preference->quality > ranking.quality) {
            ranking = {preference->quality, position};
        }
    }
    // "*" matches every language that is not in the list.
    std::ranges::replace_if(
        rankings, [](const Ranking& ranking) { return ranking.quality == kUnlisted; }, any);

    const Ranking& en = rankings[index_of(Language::en)];
    const Ranking& id = rankings[index_of(Language::id)];
    const bool prefers_indonesian =
        id.quality > 0 &&
        (id.quality > en.quality || (id.quality == en.quality && id.position < en.position));
    return prefers_indonesian ? Language::id : Language::en;
}

bool prefers_json(std::string_view accept) noexcept {
    MediaQuality html;
    MediaQuality json;
    QualityList list(accept);
    while (const auto preference = list.next()) {
        html.consider(specificity(preference->range, kHtmlRanges), preference->quality);
        json.consider(specificity(preference->range, kJsonRanges), preference->quality);
    }
    return json.quality > html.quality;
}

}  // namespace social::page
