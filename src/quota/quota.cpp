#include "quota/quota.hpp"

#include <array>
#include <charconv>
#include <string>

#include "base/parameters.hpp"

namespace social::site {

namespace {

struct Words {
    std::string_view limit;
    std::string_view window;
    std::string_view timezone = "UTC";
    std::string_view per = "site";
    std::string_view status = "401";
    std::string_view on_error = "deny";
};

template <std::string_view Words::* field>
Result<void> set_word(std::string_view value, Words& words) {
    words.*field = value;
    return {};
}

constexpr std::array<base::Parameter<Words>, 6> kParameters{{
    {"limit=", &set_word<&Words::limit>},
    {"window=", &set_word<&Words::window>},
    {"timezone=", &set_word<&Words::timezone>},
    {"per=", &set_word<&Words::per>},
    {"status=", &set_word<&Words::status>},
    {"on_error=", &set_word<&Words::on_error>},
}};

// The largest integer of a structured field (RFC 9651 §3.3.1), such as RateLimit.
constexpr std::uint64_t kMaxLimit = 999'999'999'999'999;

Result<std::uint64_t> parse_limit(std::string_view text) {
    std::uint64_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc() || end != text.data() + text.size() || limit == 0 ||
        limit > kMaxLimit) {
        return fail(Kind::bad_request, "needs limit=N with N over zero", std::string(text));
    }
    return limit;
}

// True for `first`, false for `second`. Fails with bad_request for another word.
Result<bool> is_first(std::string_view word, std::string_view first, std::string_view second) {
    if (word != first && word != second) {
        return fail(
            Kind::bad_request, "has a parameter with a value it does not know",
            std::string(word) + ", use " + std::string(first) + " or " + std::string(second));
    }
    return word == first;
}

}  // namespace

Result<Quota> parse_quota(std::span<const std::string_view> words, TimeZones& zones) {
    Words text;
    const Result<base::GivenParameters> given = base::set_parameters<Words>(
        words, kParameters, {.twice = "has a parameter twice", .shows_values = true}, text);
    if (!given) {
        return std::unexpected(given.error());
    }
    const Result<const TimeZone*> zone = zones.find(text.timezone);
    if (!zone) {
        return std::unexpected(zone.error());
    }
    const Result<QuotaWindow> window = text.window.empty()
                                           ? Result<QuotaWindow>(QuotaWindow::whole_day(**zone))
                                           : QuotaWindow::parse(text.window, **zone);
    if (!window) {
        return std::unexpected(window.error());
    }
    const Result<std::uint64_t> limit = parse_limit(text.limit);
    const Result<bool> per_site = is_first(text.per, "site", "user");
    const Result<bool> status_401 = is_first(text.status, "401", "429");
    const Result<bool> allow = is_first(text.on_error, "allow", "deny");
    if (!limit) {
        return std::unexpected(limit.error());
    }
    for (const Result<bool>* choice : {&per_site, &status_401, &allow}) {
        if (!*choice) {
            return std::unexpected(choice->error());
        }
    }
    return Quota{.window = *window,
                 .limit = *limit,
                 .per = *per_site ? QuotaPer::site : QuotaPer::user,
                 .on_error = *allow ? OnStoreError::allow : OnStoreError::deny,
                 .status = *status_401 ? 401 : 429,
                 .definition = window->text() + ' ' + std::string(text.timezone)};
}

}  // namespace social::site
