// Where a login returns to: the redirectUrl of a request to /{p}/auth, admitted by the site that
// it belongs to.
//
// Browsers come with the same few redirectUrls again and again, and to judge one costs more
// than all the rest of the redirect: the queries that were admitted last are remembered. What
// is refused is not, so that nobody can fill the memory with what is of no site.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "site/registry.hpp"
#include "site/site.hpp"

namespace social::site {

struct Destination {
    const Site* site = nullptr;
    std::string return_to;  // the redirectUrl as it was admitted
};

// One object per worker; it refers to the sites, which outlive it.
class Destinations {
public:
    static constexpr std::size_t kPlaces = 1024;  // queries that are remembered at most
    static constexpr std::size_t kLongest = 512;  // bytes of one that is

    explicit Destinations(const Registry& sites) noexcept : sites_(sites) {}

    // By a raw query string, without "?". wrong_site for one without a redirectUrl that the
    // grammar and a site admit. What is referred to lives until the next call.
    [[nodiscard]] Result<const Destination*> find(std::string_view query);

private:
    struct Place {
        std::string query;  // empty: nothing is here
        Destination destination;
    };
    [[nodiscard]] Result<Destination> judge(std::string_view query) const;

    const Registry& sites_;
    std::vector<Place> places_;  // none before the first query
    Place last_;                 // of a query that is too long to be remembered
};

}  // namespace social::site
