#include "flow/authorization_request_cache.hpp"

#include <functional>
#include <utility>

#include "base/keyed_hash.hpp"
#include "site/public_url.hpp"

namespace social::flow {

namespace {

Result<std::string> callback_url_of(const StartRequest& request) {
    const oauth::Provider& provider = request.provider;
    Result<std::string> url = site::public_url_of_request(request.public_url);
    if (url && !provider.callback_url.empty()) {
        return provider.callback_url;
    }
    if (url) {
        *url += '/' + provider.name + "/callback";
    }
    return url;
}

// A page links to several providers with the same query, and the gateway may have several names. So
// provider and public URL are part of the hash. The hash of the text has a key, because clients
// choose the query and the Host header.
std::uint64_t hash_of(const StartRequest& request) {
    return base::keyed_hash(request.query) + 3 * base::keyed_hash(request.public_url) +
           std::hash<const oauth::Provider*>{}(&request.provider) / alignof(oauth::Provider);
}

}  // namespace

AuthorizationTemplate::AuthorizationTemplate(const oauth::Provider& provider,
                                             site::Destination destination,
                                             std::string callback_url)
    : site_(destination.site),
      terms_{.provider = provider.name,
             .site = destination.site->id,
             .return_to = std::move(destination.return_to),
             .callback_url = std::move(callback_url)},
      sealer_(terms_),
      authorization_(provider, terms_.callback_url) {}

bool AuthorizationRequestCache::Slot::is_for(const StartRequest& request) const noexcept {
    return provider == &request.provider && query == request.query &&
           public_url == request.public_url;
}

Result<const AuthorizationTemplate*> AuthorizationRequestCache::find(const StartRequest& request) {
    const bool cacheable =
        request.query.size() <= kLongest && request.public_url.size() <= kLongest;
    const std::uint64_t hash = cacheable ? hash_of(request) : 0;
    const auto equals = [&request](const Slot& slot) { return slot.is_for(request); };
    if (const Slot* cached = cacheable ? slots_.find(hash, equals) : nullptr) {
        return cached->start.get();
    }
    Result<std::unique_ptr<const AuthorizationTemplate>> made = make(request);
    if (!made) {
        return std::unexpected(std::move(made.error()));
    }
    if (!cacheable) {
        last_ = std::move(*made);
        return last_.get();
    }
    return slots_
        .put(hash, equals,
             {.provider = &request.provider,
              .public_url = std::string(request.public_url),
              .query = std::string(request.query),
              .start = std::move(*made)})
        .start.get();
}

Result<std::unique_ptr<const AuthorizationTemplate>> AuthorizationRequestCache::make(
    const StartRequest& request) const {
    Result<site::Destination> destination = site::find_destination(sites_, request.query);
    if (!destination) {
        return std::unexpected(std::move(destination.error()));
    }
    Result<std::string> callback_url = callback_url_of(request);
    if (!callback_url) {
        return std::unexpected(std::move(callback_url.error()));
    }
    return std::make_unique<const AuthorizationTemplate>(request.provider, std::move(*destination),
                                                         std::move(*callback_url));
}

}  // namespace social::flow
