// What a login begins with: where it will return to, and what it has in common with all others
// that are asked for alike.
//
// Browsers come with the same few redirectUrls again and again, and to judge one and to compose
// what follows from it costs more than all the rest of the redirect: what was admitted last is
// remembered. What is refused is not, so that nobody can fill the memory with what is of no site.
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
    const oauth::Provider& provider;  // outlives the starts
    std::string_view public_url;      // of the gateway, as configured or from the Host header
    std::string_view query;           // raw, without "?"
};

class AuthorizationTemplate {
public:
    // `callback_url` is the redirect_uri.
    AuthorizationTemplate(const oauth::Provider& provider, site::Destination destination,
                          std::string callback_url);

    [[nodiscard]] const site::Site& site() const noexcept { return *site_; }
    [[nodiscard]] const session::AuthorizationContext& terms() const noexcept { return terms_; }
    [[nodiscard]] const session::StateCipher& sealer() const noexcept { return sealer_; }
    // Where the provider's URL is known from the start, as it is but for OpenID Connect.
    [[nodiscard]] const oauth::AuthorizationRequest& authorization() const noexcept {
        return authorization_;
    }

private:
    const site::Site* site_;
    session::AuthorizationContext terms_;
    session::StateCipher sealer_;
    oauth::AuthorizationRequest authorization_;
};

// One object per worker; it refers to the sites, which outlive it.
class AuthorizationRequestCache {
public:
    static constexpr std::size_t kSlots = 1024;   // starts that are remembered at most
    static constexpr std::size_t kWays = 4;       // slots that each of them may have
    static constexpr std::size_t kLongest = 512;  // bytes of a query or a public URL

    explicit AuthorizationRequestCache(const site::Registry& sites) noexcept : sites_(sites) {}

    // wrong_site as site::find_destination() says, bad_request as public_url_of_request() does.
    // What is referred to lives until the next call.
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
    std::unique_ptr<const AuthorizationTemplate>
        last_;  // of a request that is too long to be remembered
};

}  // namespace social::flow
