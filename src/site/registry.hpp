// All sites of the configuration, found in constant time by id and by redirectUrl.
//
// Made at configuration time and read-only after that; pointers to sites live as
// long as the registry, also when it is moved.
//
// Origins hang in a tree whose nodes are entries of one hash table: the key of a
// root is "https://host:443", each further level adds one path segment. A lookup
// takes one step, and one more for each level that an origin of that very host has.
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
    // Refuses (bad_request, both places in detail) a second site of one id, an id that
    // is not 1..64 of letters, digits, "-", "_" and ".", a site without an origin, an
    // origin that is there twice, and one that overlaps another site's. Within one
    // site overlapping origins are harmless and stand. A refused site changes nothing.
    [[nodiscard]] Result<void> add(Site site);

    [[nodiscard]] const Site* find(std::string_view id) const noexcept;

    // The site whose origin admits `url`, or nullptr.
    [[nodiscard]] const Site* match(const RedirectUrl& url) const noexcept;
    // The same for those who refuse where there is none: wrong_site, and else never nullptr.
    [[nodiscard]] Result<const Site*> owner_of(const RedirectUrl& url) const;

    [[nodiscard]] std::size_t size() const noexcept { return sites_.size(); }

    // How many of them have a quota, and a quota that counts each user.
    [[nodiscard]] std::size_t count_quotas() const noexcept;
    [[nodiscard]] std::size_t count_user_quotas() const noexcept;

private:
    struct Entry {
        const Site* site = nullptr;
        const Origin* origin = nullptr;
    };
    // Two owners are enough to name one that is not a given site.
    struct Claims {
        Entry first;
        Entry other;  // of another site than `first`

        void note(Entry entry) noexcept;
        [[nodiscard]] const Entry* of_another_than(std::string_view id) const noexcept;
    };
    struct Node {
        Claims here;   // origins that end at this node
        Claims below;  // origins that end further down
    };
    using ById = std::unordered_map<std::string, std::unique_ptr<const Site>, base::TextHash,
                                    std::equal_to<>>;
    using Tree = std::unordered_map<std::string, Node, base::TextHash, std::equal_to<>>;

    [[nodiscard]] Result<void> check(const Site& site) const;
    [[nodiscard]] const Entry* overlapping(const Site& site, const Origin& origin) const;
    static const Entry* conflict(const Tree& tree, const Origin& origin, std::string_view host,
                                 std::string_view id);
    static void hang(Tree& tree, std::string_view host, Entry entry);

    ById sites_;
    Tree exact_;
    Tree wildcard_;      // under the host behind "*."
    Tree one_label_up_;  // exact origins again, under what a wildcard for them would have
};

}  // namespace social::site
