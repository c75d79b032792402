#include "page/page.hpp"

#include <array>
#include <span>
#include <vector>

#include "base/ascii.hpp"
#include "base/base64.hpp"
#include "crypto/digest.hpp"
#include "page/escape.hpp"
#include "page/markup.hpp"
#include "page/page_template.hpp"
#include "page/texts.hpp"

namespace social::page {

namespace {

// The first five are on every page. The next four are on the landing page, the last two on all
// others.
constexpr std::array<std::string_view, 11> kPlaceholderNames{
    "lang",          "title", "message", "hint",      "provider",        "session_id",
    "session_label", "copy",  "copied",  "try_again", "try_again_label",
};
constexpr std::size_t kCommon = 5;
constexpr std::size_t kOfLanding = 4;

constexpr std::array<std::string_view, kPageCount> kFileNames{
    "landing.html", "wrong-site.html", "refused.html",
    "expired.html", "provider.html",   "unavailable.html",
};

// CSP Level 3. form-action has 'self', since an operator's page may start the login with a form.
// frame-ancestors prevents clickjacking (RFC 7034 §1).
constexpr std::string_view kOperatorPolicy =
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

std::string capitalized(std::string_view text) {
    std::string result(text);
    if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') {
        result[0] = static_cast<char>(result[0] - 'a' + 'A');
    }
    return result;
}

// Replaces "{provider}" in `words`.
std::string phrase(std::string_view words, std::string_view provider) {
    constexpr std::string_view kMark = "{provider}";
    std::string text;
    for (;;) {
        const std::size_t at = words.find(kMark);
        text += words.substr(0, at);
        if (at == std::string_view::npos) {
            return text;
        }
        text += provider;
        words.remove_prefix(at + kMark.size());
    }
}

std::string hash_source(std::string_view block) {
    return "'sha256-" + base::base64_encode(crypto::as_text(crypto::sha256(block))) + "'";
}

std::string built_in_policy(PageName page) {
    std::string policy = "default-src 'none'; style-src " + hash_source(kStyle);
    if (page == PageName::landing) {
        policy += "; script-src " + hash_source(kScript);
    }
    return policy + "; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

}  // namespace

std::string render(PageName page, Language language, const Fields& fields,
                   std::string_view operator_template) {
    const Words& own = words(page, language);
    const Labels& label = labels(language);
    const std::string provider =
        fields.provider.empty() ? std::string(label.provider) : capitalized(fields.provider);
    const std::string title = capitalized(phrase(own.title, provider));
    const std::string message = phrase(own.message, provider);
    const std::string_view link =
        is_safe_link(fields.try_again) ? std::string_view(fields.try_again) : std::string_view();

    const bool lost = link.empty() && !own.hint_without_link.empty();

    const std::array<Placeholder, kPlaceholderNames.size()> placeholders{{
        {.name = "lang", .value = language_tag(language)},
        {.name = "title", .value = title},
        {.name = "message", .value = message},
        {.name = "hint", .value = lost ? own.hint_without_link : own.hint},
        {.name = "provider", .value = provider},
        {.name = "session_id", .value = fields.session_id},
        {.name = "session_label", .value = label.session_id},
        {.name = "copy", .value = label.copy},
        {.name = "copied", .value = label.copied},
        {.name = "try_again", .value = link},
        {.name = "try_again_label", .value = label.try_again},
    }};
    return fill_template(operator_template.empty() ? built_in_template(page) : operator_template,
                         placeholders);
}

std::string_view content_security_policy(PageName page, bool of_operator) {
    if (of_operator) {
        return kOperatorPolicy;
    }
    static const std::string landing = built_in_policy(PageName::landing);
    static const std::string others = built_in_policy(PageName::expired);
    return page == PageName::landing ? landing : others;
}

std::string_view file_name(PageName page) noexcept {
    return kFileNames[static_cast<std::size_t>(page)];
}

Result<void> check_template(PageName page, std::string_view text) {
    const std::span all(kPlaceholderNames);
    std::vector<std::string_view> allowed(all.begin(), all.begin() + kCommon);
    const auto own = page == PageName::landing ? all.subspan(kCommon, kOfLanding)
                                               : all.subspan(kCommon + kOfLanding);
    allowed.insert(allowed.end(), own.begin(), own.end());
    return check_placeholders(text, allowed);
}

}  // namespace social::page
