// The one error value of the project. Pure code returns Result<T>; flows throw
// flow::Failure around an Error; ngx/respond.cpp is the only place that maps a
// Kind to an HTTP status and a log level.
//
// `what` is static text that is safe to show to a caller. `detail` is for the
// error log (and for devMessage of a 502): it is built from non-secret parts
// only: never a token, code, state, cookie, session id or secret.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace social {

// Kinds are told apart by who has to act.
enum class Kind {
    wrong_site,            // redirectUrl of no registered site: 400
    bad_request,           // the caller's request cannot be understood: 400
    bad_callback,          // malformed, forged, foreign, expired or used flow: 400
    login_refused,         // the user said no at the provider: 403
    unauthenticated,       // no token, or one that does not verify: 401
    not_found,             // no such session for this caller: 404
    provider_rejected,     // the provider answered with an error: 502
    provider_unavailable,  // DNS, TLS, time-out, 5xx or garbage from the provider: 502
    store_unavailable,     // the session store cannot be asked, or is late: 503
    internal,              // a bug: 500
};

struct Error {
    Kind kind = Kind::internal;
    std::string_view what;  // static storage, safe to show
    std::string detail;     // non-secret, for the log; may be empty
};

template <class T>
using Result = std::expected<T, Error>;

// Makes the error side of a Result; `what` must have static storage.
[[nodiscard]] inline std::unexpected<Error> fail(Kind kind, std::string_view what,
                                                 std::string detail = {}) {
    return std::unexpected(Error{kind, what, std::move(detail)});
}

}  // namespace social
