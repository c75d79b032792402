#include "site/destination.hpp"

#include <functional>
#include <utility>

#include "site/redirect_url.hpp"

namespace social::site {

Result<const Destination*> Destinations::find(std::string_view query) {
    if (places_.empty()) {
        places_.resize(kPlaces);
    }
    const bool remembers = !query.empty() && query.size() <= kLongest;
    Place& place = remembers ? places_[std::hash<std::string_view>{}(query) % kPlaces] : last_;
    if (remembers && place.query == query) {
        return &place.destination;
    }
    Result<Destination> judged = judge(query);
    if (!judged) {
        return std::unexpected(std::move(judged.error()));
    }
    // In this order: without memory for the query, the place must not keep an old one.
    place.query.clear();
    place.destination = std::move(*judged);
    if (remembers) {
        place.query = query;
    }
    return &place.destination;
}

Result<Destination> Destinations::judge(std::string_view query) const {
    const Result<std::string> text = redirect_url_argument(query);
    if (!text) {
        return std::unexpected(text.error());
    }
    Result<RedirectUrl> url = parse_redirect_url(*text);
    if (!url) {
        return std::unexpected(std::move(url.error()));
    }
    const Result<const Site*> site = sites_.owner_of(*url);
    if (!site) {
        return std::unexpected(site.error());
    }
    return Destination{.site = *site, .return_to = std::move(url->text)};
}

}  // namespace social::site
