// social_site ID { … }
#include <array>
#include <memory>

#include "conf/conf_value.hpp"
#include "conf/directives.hpp"
#include "site/origin.hpp"

namespace social::ngx {

namespace {

using site::Site;

// A site while its block is parsed, and the settings that own shared objects.
struct SiteDraft {
    Site site;
    MainSettings& settings;
};

Result<void> add_origin(Directive& directive, SiteDraft& draft) {
    for (const std::string_view text : directive.values) {
        Result<site::Origin> origin = site::parse_origin(text);
        if (!origin) {
            return std::unexpected(std::move(origin.error()));
        }
        draft.site.origins.push_back(std::move(*origin));
    }
    return {};
}

constexpr std::string_view kTooManyUsers =
    "names a users file of over 1 MiB: split it by site, or let a location check passwords, as in: "
    "social_authenticate /check-credentials";

Result<void> set_users(Directive& directive, SiteDraft& draft) {
    const std::string path = conf_path(directive.cf, directive.values.front());
    std::unique_ptr<site::Users>& users = draft.settings.user_files[path];
    if (!users) {
        const Result<base::Secret> text = read_secret_file(directive.cf, path);
        if (!text) {
            return text.error().what == kTooLarge ? fail(Kind::bad_request, kTooManyUsers, path)
                                                  : std::unexpected(text.error());
        }
        Result<site::Users> parsed = site::Users::parse(text->reveal());
        if (!parsed) {
            parsed.error().detail += " of " + path;
            return std::unexpected(std::move(parsed.error()));
        }
        users = std::make_unique<site::Users>(std::move(*parsed));
    }
    draft.site.users = users.get();
    if (!users->has_site(draft.site.id)) {
        log_conf_warning(directive.cf, {position(directive.cf), directive.name},
                         "has no line for this site, so nobody gets a token for it: add one, as "
                         "siteId:email:hash, or correct the site's id");
    }
    return {};
}

constexpr std::int64_t kLongTokenTtl = 24 * 60 * 60;  // seconds

Result<void> set_token_ttl(Directive& directive, SiteDraft& draft) {
    const Result<std::int64_t> seconds = lifetime_value(directive.values.front());
    if (!seconds) {
        return std::unexpected(seconds.error());
    }
    if (*seconds > kLongTokenTtl) {
        log_conf_warning(
            directive.cf, {position(directive.cf), directive.name},
            "gives tokens that are good for over a day, and nothing takes a token back: "
            "write a shorter time");
    }
    draft.site.token_ttl = *seconds;
    return {};
}

Result<void> set_quota(Directive& directive, SiteDraft& draft) {
    Result<site::Quota> quota = site::parse_quota(directive.values, draft.settings.time_zones);
    if (!quota) {
        return std::unexpected(std::move(quota.error()));
    }
    quota->counter = draft.site.id + ' ' + quota->definition;
    if (quota->per == site::QuotaPer::user) {
        quota->group = "users of " + quota->counter;  // no site id contains a blank
    }
    draft.site.quota = std::move(*quota);
    return {};
}

constexpr std::size_t kManyOrigins = 64;
constexpr std::size_t kQuotaWords = 6;

constexpr std::array<Member<SiteDraft>, 4> kMembers{{
    {"origin", 1, kManyOrigins, &add_origin, true},
    {"users", 1, 1, &set_users},
    {"token_ttl", 1, 1, &set_token_ttl},
    {"quota", 1, kQuotaWords, &set_quota},
}};

}  // namespace

Result<void> set_site(Directive& directive, MainSettings& settings) {
    SiteDraft draft{.site = {}, .settings = settings};
    draft.site.id = directive.values.front();
    draft.site.place = position(directive.cf).text();
    Block<SiteDraft> block(draft, kMembers);
    if (const Result<void> read = block.parse(directive.cf); !read) {
        return read;
    }
    return settings.sites.add(std::move(draft.site));
}

}  // namespace social::ngx
