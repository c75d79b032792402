#include "site/registry.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/ascii.hpp"
#include "site/authority.hpp"
#include "site/origin.hpp"

namespace social::site {

namespace {

constexpr std::size_t kMaxId = 64;

struct OriginKey {
    std::string_view scheme;
    std::string_view host;
    std::string_view port;
    std::string_view path;
};

// Iterates over the keys of a path's nodes, from the root, without an allocation.
class Steps {
public:
    explicit Steps(const OriginKey& place) noexcept : path_(place.path) {
        for (const auto part : {place.scheme, std::string_view("://"), place.host,
                                std::string_view(":"), place.port}) {
            append(part);
        }
    }

    [[nodiscard]] std::string_view key() const noexcept { return {key_.data(), size_}; }

    // Appends the next segment. Returns false if there is none.
    bool descend() noexcept {
        if (path_.empty()) {
            return false;
        }
        const auto segment = path_.substr(0, path_.find('/', 1));
        path_.remove_prefix(segment.size());
        append(segment);
        return true;
    }

private:
    // Parsed URLs always fit. An overlong key becomes a key that no table has.
    void append(std::string_view part) noexcept {
        if (part.size() > key_.size() - size_) {
            size_ = 0;
            path_ = {};
            return;
        }
        std::ranges::copy(part, key_.data() + size_);
        size_ += part.size();
    }

    std::array<char, kMaxHost + kMaxRedirectUrl + 16> key_;
    std::size_t size_ = 0;
    std::string_view path_;
};

std::string_view without_first_label(std::string_view host) noexcept {
    const auto dot = host.find('.');
    return dot == std::string_view::npos ? std::string_view{} : host.substr(dot + 1);
}

Steps steps_of(const Origin& origin, std::string_view host) noexcept {
    return Steps({.scheme = origin.scheme, .host = host, .port = origin.port, .path = origin.path});
}

bool is_site_id(std::string_view id) noexcept {
    return !id.empty() && id.size() <= kMaxId && std::ranges::all_of(id, [](char c) {
        return base::is_alnum(c) || c == '-' || c == '_' || c == '.';
    });
}

std::string described(const Site& site) {
    return "site " + site.id + " (" + site.place + ")";
}

}  // namespace

void Registry::Owners::note(SiteOrigin entry) noexcept {
    if (first.site == nullptr) {
        first = entry;
    } else if (first.site != entry.site && other.site == nullptr) {
        other = entry;
    }
}

const Registry::SiteOrigin* Registry::Owners::of_another_than(std::string_view id) const noexcept {
    if (first.site != nullptr && first.site->id != id) {
        return &first;
    }
    return other.site != nullptr ? &other : nullptr;
}

const Registry::SiteOrigin* Registry::conflict(const Tree& tree, const Origin& origin,
                                               std::string_view host, std::string_view id) {
    auto steps = steps_of(origin, host);
    for (;;) {
        const auto node = tree.find(steps.key());
        if (node == tree.end()) {
            return nullptr;
        }
        if (const SiteOrigin* owner = node->second.here.of_another_than(id)) {
            return owner;
        }
        if (!steps.descend()) {
            return node->second.below.of_another_than(id);
        }
    }
}

const Registry::SiteOrigin* Registry::overlapping(const Site& site, const Origin& origin) const {
    const auto& same_kind = origin.wildcard ? wildcard_ : exact_;
    if (const SiteOrigin* owner = conflict(same_kind, origin, origin.host, site.id)) {
        return owner;
    }
    if (origin.wildcard) {
        return conflict(one_label_up_, origin, origin.host, site.id);
    }
    return conflict(wildcard_, origin, without_first_label(origin.host), site.id);
}

Result<void> Registry::check(const Site& site) const {
    if (!is_site_id(site.id)) {
        return fail(Kind::bad_request,
                    "a site's id is 1 to 64 letters, digits, hyphens, underscores and dots",
                    described(site));
    }
    if (const Site* existing = find(site.id)) {
        return fail(Kind::bad_request, "a site is there twice: give each its own id",
                    described(site) + " and " + described(*existing));
    }
    if (site.origins.empty()) {
        return fail(Kind::bad_request, "a site has no origin: add origin https://host",
                    described(site));
    }
    std::unordered_set<std::string> seen;
    for (const Origin& origin : site.origins) {
        auto text = to_text(origin);
        if (seen.contains(text)) {
            return fail(Kind::bad_request, "an origin is there twice: remove one",
                        "origin " + text + " of " + described(site));
        }
        if (const SiteOrigin* owner = overlapping(site, origin)) {
            return fail(Kind::bad_request,
                        "origins of two sites overlap: a redirectUrl must belong to one site",
                        "origin " + text + " of " + described(site) + " and origin " +
                            to_text(*owner->origin) + " of " + described(*owner->site));
        }
        seen.insert(std::move(text));
    }
    return {};
}

void Registry::insert_origin(Tree& tree, std::string_view host, SiteOrigin entry) {
    auto steps = steps_of(*entry.origin, host);
    for (;;) {
        Node& node = tree.try_emplace(std::string(steps.key())).first->second;
        if (!steps.descend()) {
            node.here.note(entry);
            return;
        }
        node.below.note(entry);
    }
}

Result<void> Registry::add(Site site) {
    if (auto good = check(site); !good) {
        return good;
    }
    const std::string id = site.id;
    const auto added = sites_.emplace(id, std::make_unique<const Site>(std::move(site))).first;
    const Site& owner = *added->second;
    for (const Origin& origin : owner.origins) {
        const SiteOrigin entry{.site = &owner, .origin = &origin};
        insert_origin(origin.wildcard ? wildcard_ : exact_, origin.host, entry);
        if (const auto parent = without_first_label(origin.host);
            !origin.wildcard && !parent.empty()) {
            insert_origin(one_label_up_, parent, entry);
        }
    }
    return {};
}

const Site* Registry::find(std::string_view id) const noexcept {
    const auto found = sites_.find(id);
    return found == sites_.end() ? nullptr : found->second.get();
}

std::size_t Registry::count_quotas() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(
        sites_, [](const auto& entry) { return entry.second->quota.has_value(); }));
}

std::size_t Registry::count_user_quotas() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(sites_, [](const auto& entry) {
        const std::optional<Quota>& quota = entry.second->quota;
        return quota && quota->per == QuotaPer::user;
    }));
}

const Site* Registry::match(const RedirectUrl& url) const noexcept {
    const auto search = [&url](const Tree& tree, std::string_view host) -> const Site* {
        Steps steps({.scheme = url.scheme, .host = host, .port = url.port, .path = url.path});
        for (;;) {
            const auto node = tree.find(steps.key());
            if (node == tree.end()) {
                return nullptr;
            }
            if (node->second.here.first.site != nullptr) {
                return node->second.here.first.site;
            }
            if (!steps.descend()) {
                return nullptr;
            }
        }
    };
    if (const Site* site = search(exact_, url.host)) {
        return site;
    }
    const auto parent = without_first_label(url.host);
    return parent.empty() ? nullptr : search(wildcard_, parent);
}

Result<const Site*> Registry::owner_of(const RedirectUrl& url) const {
    const Site* site = match(url);
    if (site == nullptr) {
        return fail(Kind::wrong_site, "Wrong site url", "no site has this origin");
    }
    return site;
}

Result<Destination> find_destination(const Registry& sites, std::string_view query) {
    const Result<std::string> text = redirect_url_argument(query);
    if (!text) {
        return std::unexpected(text.error());
    }
    Result<RedirectUrl> url = parse_redirect_url(*text);
    if (!url) {
        return std::unexpected(std::move(url.error()));
    }
    const Result<const Site*> site = sites.owner_of(*url);
    if (!site) {
        return std::unexpected(site.error());
    }
    return Destination{.site = *site, .return_to = std::move(url->text)};
}

}  // namespace social::site
