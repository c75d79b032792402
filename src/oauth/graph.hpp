// API calls with the user's token: the profile, and the paged list of accounts of the Graph API.
//
// The token is sent in the Authorization header (RFC 6750 §2.1). If the type has
// `appsecret_proof`, the proof is sent in the query.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/http_message.hpp"
#include "base/json.hpp"
#include "base/secret.hpp"
#include "oauth/provider.hpp"

namespace social::oauth {

inline constexpr std::size_t kMaxAccounts = 1000;
// Bounds the walk, since an empty page may have a successor.
inline constexpr std::size_t kMaxAccountPages = 50;

class ApiCall {
public:
    ApiCall(std::string_view verb, std::string target) : method(verb), url(std::move(target)) {}
    std::string_view method;
    std::string url;
};

// Returns HMAC-SHA256(client secret, token "|" seconds) in lower-case hex. Graph accepts it for
// five minutes ("Secure requests" and "Login security" of the Graph API). `now` is in Unix seconds.
[[nodiscard]] std::string appsecret_proof(const Provider& provider, const base::Secret& token,
                                          std::int64_t now);

[[nodiscard]] base::HttpRequest api_request(const Provider& provider, const ApiCall& call,
                                            const base::Secret& token, std::int64_t now);

// Returns the members of the profile that the type keeps, in the type's order, with ids as strings.
// Errors are those of read_object(), and provider_unavailable for a profile without an id.
[[nodiscard]] Result<base::Json> read_profile(const Provider& provider,
                                              const base::HttpResponse& response);

// The provider's id of the user: `id`, `sub`, `user_id` or `open_id`. Empty if there is none.
[[nodiscard]] std::string user_id_of(const base::Json& profile);

struct AccountsPage {
    std::vector<base::Json> accounts;  // objects, as the provider sent them
    std::string after;                 // cursor of the next page; empty on the last page
};

// Errors are those of read_object(), and provider_unavailable for a malformed page.
[[nodiscard]] Result<AccountsPage> read_accounts_page(const base::HttpResponse& response);

// Builds the URL from the configured one and the cursor. `paging.next` of a response is never
// followed: it may point to any host, and it lacks the proof.
[[nodiscard]] std::string accounts_page_url(const Provider& provider, std::string_view after);

}  // namespace social::oauth
