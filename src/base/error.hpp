// The error type of the project. Pure code returns Result<T>; coroutines throw flow::Failure around
// an Error. Only request/error_response.cpp maps a Kind to an HTTP status, and only
// loop/error_log.cpp to a log level.
//
// `what` is static text that is safe to show to a client. `detail` goes to the error log, and to
// devMessage of a 502. It never contains a token, code, state, cookie, session id or secret.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace social {

// One kind per party that has to act.
enum class Kind {
    wrong_site,     // redirectUrl of no registered site: 400
    bad_request,    // the request is malformed: 400
    bad_callback,   // the callback is malformed, forged, expired, used, or of another browser: 400
    login_refused,  // the user declined at the provider: 403
    unauthenticated,       // the bearer token is missing or invalid: 401
    not_found,             // the caller has no such session: 404
    provider_rejected,     // the provider returned an error: 502
    provider_unavailable,  // DNS, TLS, time-out, 5xx or malformed response: 502
    store_unavailable,     // the store is unreachable, or the worker runs too much: 503
    internal,              // a bug: 500
};

struct Error {
    Kind kind = Kind::internal;
    std::string_view what;  // static storage, safe to show
    std::string detail;     // non-secret, for the log; may be empty
};

template <class T>
using Result = std::expected<T, Error>;

// Makes the error of a Result. `what` must have static storage duration.
[[nodiscard]] inline std::unexpected<Error> fail(Kind kind, std::string_view what,
                                                 std::string detail = {}) {
    return std::unexpected(Error{kind, what, std::move(detail)});
}

// The same for a request or a directive that cannot be understood.
[[nodiscard]] inline std::unexpected<Error> bad_request(std::string_view what,
                                                        std::string_view detail = {}) {
    return fail(Kind::bad_request, what, std::string(detail));
}

// Moves the value to `target`, or passes the error on.
template <class T>
[[nodiscard]] Result<void> assign(T& target, Result<std::type_identity_t<T>> value) {
    if (!value) {
        return std::unexpected(std::move(value.error()));
    }
    target = std::move(*value);
    return {};
}

// The envelope shows this sentence for every Kind::store_unavailable: the session store is down or
// late.
inline constexpr std::string_view kStoreUnavailable = "Sessions are unavailable, please try again";

[[nodiscard]] inline Error store_unavailable(std::string detail) {
    return {Kind::store_unavailable, kStoreUnavailable, std::move(detail)};
}

}  // namespace social
