// The login that a callback belongs to, found by `state` among the cookies of the
// browser; and those cookies themselves. Used by the endpoints auth and callback.
//
// A login is bound to the browser that began it (login CSRF, RFC 6749 §10.12) and to
// its provider (mix-up, RFC 9700 §4.4). On https the cookie has the __Host- prefix, so
// that no sibling host can plant one (RFC 6265bis §4.1.3.2).
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

// Bounds of what logins that were begun and not finished leave in a browser, with
// the one that is being begun: nginx takes 8 KB for a header line by default.
inline constexpr std::size_t kMaxLoginCookies = 4;
inline constexpr std::size_t kMaxLoginCookieBytes = 7 * 1024;  // names and values
// What the longest redirectUrl makes of one cookie.
inline constexpr std::size_t kLongestLoginCookie = 3584;

struct LoginLookup {
    std::string_view state;     // of the callback, as it came
    std::string_view provider;  // name of the block whose callback was called
    std::int64_t now = 0;       // Unix seconds
    bool secure = true;         // as for cookie_name(): the only name that is looked up
};

// bad_callback unless `state` has the form of ours, the cookie of the prescribed name is there
// exactly once and opens, it was sealed for a callback URL of the same scheme, its nonce is the one
// in `state`, it was begun at this provider, and it is not expired. `detail` says which.
[[nodiscard]] Result<Login> find_login(const LoginLookup& lookup, const base::Cookies& cookies,
                                       const crypto::Keyring& keyring);

// `secure`: the callback URL of the gateway is https. The name then has the __Host- prefix.
[[nodiscard]] std::string cookie_name(std::string_view login_id, bool secure);

// Values of Set-Cookie.
struct CookieKind {
    const crypto::Keyring& keyring;
    bool secure;  // as above
};
[[nodiscard]] std::string login_cookie(const LoginSealer& sealer, const LoginSecrets& login,
                                       const CookieKind& kind);
[[nodiscard]] std::string clear_cookie(std::string_view name, bool secure);

// Names of the login cookies to clear when one more login begins, so that the bounds
// hold: those that are of no use first, then the oldest. A cookie under a name of the other scheme
// is of no use: a sibling host could plant it. Nothing while there is room.
[[nodiscard]] std::vector<std::string> stale_login_cookies(const base::Cookies& cookies,
                                                           const CookieKind& kind,
                                                           std::int64_t now);

}  // namespace social::session
