// Calls to a provider's API with the user's token: who the user is, which accounts
// the user has (a list in pages, as Graph sends it), and giving the grant back.
//
// The token travels in the Authorization header (RFC 6750 §2.1); a proof of the
// client secret, where the type wants one, in the query.
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
// A page may be empty and still have a successor: the walk ends here at the latest.
inline constexpr std::size_t kMaxAccountPages = 50;

class ApiCall {
public:
    ApiCall(std::string_view verb, std::string target) : method(verb), url(std::move(target)) {}
    std::string_view method;
    std::string url;
};

// Graph API, "Secure requests" and "Login security": lower-case hex of
// HMAC-SHA256(client secret, token "|" seconds), good for five minutes.
[[nodiscard]] std::string appsecret_proof(const Provider& provider, const base::Secret& token,
                                          std::int64_t now);

[[nodiscard]] base::HttpRequest api_request(const Provider& provider, const ApiCall& call,
                                            const base::Secret& token, std::int64_t now);

// The profile with the members that the type keeps, in the type's order; ids as text.
[[nodiscard]] Result<base::Json> read_profile(const Provider& provider,
                                              const base::HttpResponse& response);

// The provider's id of the user: `id`, `sub`, `user_id` or `open_id`; empty where it
// names none.
[[nodiscard]] std::string user_id_of(const base::Json& profile);

struct AccountsPage {
    std::vector<base::Json> accounts;  // objects, as the provider sent them
    std::string after;                 // cursor of the next page; empty: this was the last
};

[[nodiscard]] Result<AccountsPage> read_accounts_page(const base::HttpResponse& response);

// Built from our own URL and the cursor alone. `paging.next` of an answer is never
// followed: it may point anywhere, and it lacks the proof.
[[nodiscard]] std::string accounts_page_url(const Provider& provider, std::string_view after);

}  // namespace social::oauth
