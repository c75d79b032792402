// Finds the login of a callback by `state` among the cookies of the browser, and builds these
// cookies. For the endpoints auth and callback.
//
// A login is bound to its browser (login CSRF, RFC 6749 §10.12) and to its provider (mix-up, RFC
// 9700 §4.4). On https the cookie's name has the prefix __Host-. So a sibling host cannot set one
// (RFC 6265bis §4.1.3.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/cookie.hpp"
#include "base/error.hpp"
#include "crypto/keyring.hpp"
#include "session/login.hpp"

namespace social::session {

// Bounds of the unfinished logins in a browser, including the new one. By default, nginx accepts 8
// KB per header line.
inline constexpr std::size_t kMaxLoginCookies = 4;
inline constexpr std::size_t kMaxLoginCookieBytes = 7 * 1024;  // names and values
// The size of a cookie with the longest redirectUrl, in bytes.
inline constexpr std::size_t kReservedLoginCookieBytes = 3584;

struct LoginLookup {
    std::string_view state;     // of the callback, not validated
    std::string_view provider;  // name of the provider block of the callback
    std::int64_t now = 0;       // Unix seconds
    bool secure = true;         // as for cookie_name()
};

// Returns bad_callback unless all of these hold; `detail` has the one that fails:
//   1. `state` is well-formed.
//   2. The cookie of the prescribed name exists exactly once and opens.
//   3. It was sealed for a callback URL of the same scheme.
//   4. Its nonce is that of `state`.
//   5. It was sealed for this provider.
//   6. It has not expired.
[[nodiscard]] Result<Login> find_login(const LoginLookup& lookup, const base::Cookies& cookies,
                                       const crypto::Keyring& keyring);

// `secure`: the callback URL of the gateway is https. Then the name has the prefix __Host-.
[[nodiscard]] std::string cookie_name(std::string_view login_id, bool secure);

// The keyring and scheme of login cookies.
struct CookieKind {
    const crypto::Keyring& keyring;
    bool secure;  // as for cookie_name()
};
// Returns the value of a Set-Cookie header. Throws as crypto::seal() does.
[[nodiscard]] std::string login_cookie(const StateCipher& sealer, const AuthorizationState& login,
                                       const CookieKind& kind);
// Returns the value of a Set-Cookie header that deletes the cookie.
[[nodiscard]] std::string clear_cookie(std::string_view name, bool secure);

// Returns the names of the login cookies to delete before a new login, so that the bounds hold.
// Unusable ones come first, then the oldest. A cookie under the name of the other scheme is
// unusable: a sibling host could set it.
[[nodiscard]] std::vector<std::string> stale_login_cookies(const base::Cookies& cookies,
                                                           const CookieKind& kind,
                                                           std::int64_t now);

}  // namespace social::session
