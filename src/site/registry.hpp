// All sites of the configuration, indexed by id and by origin.
//
// Made at configuration time and read-only afterwards. Pointers to sites are valid as long as the
// registry, also after a move.
//
// Origins are a trie by path segment, whose nodes are entries of a hash table. The key of a root is
// "https://host:443"; each level adds one segment. The cost of a lookup depends on the depth of the
// host's origins, not on the number of sites.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/text_hash.hpp"
#include "site/redirect_url.hpp"
#include "site/site.hpp"

namespace social::site {

class Registry {
public:
    // Fails with bad_request, with the lines of the configuration in `detail`, for:
    // 1. an id that another site has, or that is not 1 to 64 of letters, digits, "-", "_" and ".";
    // 2. a site without an origin, or with the same origin twice;
    // 3. an origin that overlaps an origin of another site.
    //
    // Origins of one site may overlap. A failure changes nothing.
    [[nodiscard]] Result<void> add(Site site);

    // nullptr: none.
    [[nodiscard]] const Site* find(std::string_view id) const noexcept;

    // The site with an origin that contains `url`, or nullptr.
    [[nodiscard]] const Site* match(const RedirectUrl& url) const noexcept;
    // Like match(), but fails with wrong_site instead of nullptr.
    [[nodiscard]] Result<const Site*> owner_of(const RedirectUrl& url) const;

    [[nodiscard]] std::size_t size() const noexcept { return sites_.size(); }

    // The number of sites with a quota, and with a quota per user.
    [[nodiscard]] std::size_t count_quotas() const noexcept;
    [[nodiscard]] std::size_t count_user_quotas() const noexcept;

private:
    struct SiteOrigin {
        const Site* site = nullptr;
        const Origin* origin = nullptr;
    };
    // Two sites are enough to find one that differs from a given site.
    struct Owners {
        SiteOrigin first;
        SiteOrigin other;  // its site differs from that of `first`

        void note(SiteOrigin entry) noexcept;
        [[nodiscard]] const SiteOrigin* of_another_than(std::string_view id) const noexcept;
    };
    struct Node {
        Owners here;   // origins that end at this node
        Owners below;  // origins that end below this node
    };
    using ById = std::unordered_map<std::string, std::unique_ptr<const Site>, base::TextHash,
                                    std::equal_to<>>;
    using Tree = std::unordered_map<std::string, Node, base::TextHash, std::equal_to<>>;

    [[nodiscard]] Result<void> check(const Site& site) const;
    [[nodiscard]] const SiteOrigin* overlapping(const Site& site, const Origin& origin) const;
    static const SiteOrigin* conflict(const Tree& tree, const Origin& origin, std::string_view host,
                                      std::string_view id);
    static void insert_origin(Tree& tree, std::string_view host, SiteOrigin entry);

    ById sites_;
    Tree exact_;
    Tree wildcard_;      // by the host behind "*."
    Tree one_label_up_;  // the exact origins by their host without its first label
};

// The validated redirectUrl of a request to /{provider}/auth, and its site.
struct Destination {
    const Site* site = nullptr;  // owned by the registry
    std::string return_to;       // the redirectUrl in its validated form
};

// `query` is the raw query string, without "?". Fails with wrong_site if the redirectUrl is missing
// or invalid, or matches no site's origin.
[[nodiscard]] Result<Destination> find_destination(const Registry& sites, std::string_view query);

}  // namespace social::site
