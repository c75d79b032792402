#include "site/destination.hpp"

#include <utility>

#include "site/redirect_url.hpp"

namespace social::site {

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
