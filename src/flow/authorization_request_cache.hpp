// Caches the parts of the authorization request (RFC 6749 §4.1.1) that do not depend on the user.
//
// Browsers send the same few redirectUrls. Validating one and building the URL costs more than the
// rest of the redirect. Refused requests are not cached, so clients cannot evict the valid ones
// with invalid redirectUrls.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/set_associative_cache.hpp"
#include "oauth/authorize.hpp"
#include "oauth/provider.hpp"
#include "session/login.hpp"
#include "site/registry.hpp"

namespace social::flow {

// A request to /{p}/auth.
struct StartRequest {
    const oauth::Provider& provider;  // outlives the cache
    std::string_view public_url;      // the gateway's: configured, or from the Host header
    std::string_view query;           // raw, without "?"
};

// The parts of an authorization request that its users share. It refers to the site, which outlives
// it.
class AuthorizationTemplate {
public:
    // `callback_url` is the redirect_uri (RFC 6749 §3.1.2).
    AuthorizationTemplate(const oauth::Provider& provider, site::Destination destination,
                          std::string callback_url);

    [[nodiscard]] const site::Site& site() const noexcept { return *site_; }
    [[nodiscard]] const session::AuthorizationContext& terms() const noexcept { return terms_; }
    [[nodiscard]] const session::StateCipher& sealer() const noexcept { return sealer_; }
    // Not for OpenID Connect, where discovery supplies the authorization endpoint.
    [[nodiscard]] const oauth::AuthorizationRequest& authorization() const noexcept {
        return authorization_;
    }

private:
    const site::Site* site_;
    session::AuthorizationContext terms_;
    session::StateCipher sealer_;
    oauth::AuthorizationRequest authorization_;
};

// One object per worker. `sites` outlives it.
class AuthorizationRequestCache {
public:
    static constexpr std::size_t kSlots = 1024;   // cached requests, at most
    static constexpr std::size_t kWays = 4;       // slots per set
    static constexpr std::size_t kLongest = 512;  // bytes of a cached query or public URL

    explicit AuthorizationRequestCache(const site::Registry& sites) noexcept : sites_(sites) {}

    // Returns the template, which lives until the next call. Errors are those of
    // site::find_destination() (wrong_site) and site::public_url_of_request() (bad_request).
    [[nodiscard]] Result<const AuthorizationTemplate*> find(const StartRequest& request);

private:
    struct Slot {
        const oauth::Provider* provider = nullptr;
        std::string public_url;
        std::string query;
        std::unique_ptr<const AuthorizationTemplate> start;

        [[nodiscard]] bool is_for(const StartRequest& request) const noexcept;
    };
    [[nodiscard]] Result<std::unique_ptr<const AuthorizationTemplate>> make(
        const StartRequest& request) const;

    const site::Registry& sites_;
    base::SetAssociativeCache<Slot, kSlots, kWays> slots_;
    std::unique_ptr<const AuthorizationTemplate> last_;  // the last one that was too long to cache
};

}  // namespace social::flow
