// POST /api/authenticate: issues a bearer token for one site in exchange for a user's password.
//
// 1. Another method: 405. Another type or encoding of the body: 415. Over 8 KiB: 413.
// 2. The body is malformed: 400, and the message names the error.
// 3. Too many attempts from this address or for this user: 429, and no hash is computed.
// 4. Unknown site, unknown user, wrong password: 401, the same bytes after the same work.
// 5. The location that checks the credentials fails: 502. The thread pool is full: 503. The attempt
//    is refunded.
// 6. Otherwise 200 with a token.
#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "base/backoff.hpp"
#include "base/utf8.hpp"
#include "coro/result_task.hpp"
#include "endpoint/endpoints.hpp"
#include "endpoint/login_attempt.hpp"
#include "endpoint/subrequest.hpp"
#include "request/headers_in.hpp"
#include "request/request_body.hpp"
#include "request/request_state.hpp"
#include "request/token_answers.hpp"
#include "token/credentials.hpp"
#include "token/issue.hpp"
#include "worker/password_check.hpp"

namespace social::ngx {

namespace {

using token::Credentials;

constexpr std::size_t kMaxSubject = 254;  // bytes; the longest mail address (RFC 5321 §4.5.3.1.3)

// A refused attempt retries for this time while other attempts are in progress, also in other
// workers.
constexpr std::chrono::milliseconds kReaderTimeout{5000};
constexpr std::chrono::milliseconds kFirstPause{20};
constexpr std::chrono::milliseconds kMaxBackoff{100};

// `sub` of the token; nullopt: the login is refused; Error: no verdict.
using Verdict = Result<std::optional<std::string>>;

#if (NGX_THREADS)

// An unknown user costs a hash against a decoy, so that the response time discloses nothing
// (CWE-208).
flow::Task<Verdict> ask_users_file(RequestContext& context, const Credentials& who) {
    const MainSettings& settings = context.settings();
    const site::Site* site = settings.sites.find(who.site);
    const site::Users& users = site != nullptr && site->users != nullptr
                                   ? *site->users
                                   : *settings.authentication.any_users;
    const site::User* user = users.find({.site = who.site, .email = who.email});
    const std::string hash(user != nullptr ? std::string_view(user->hash) : users.decoy());
    const PasswordWork work{.pool = *settings.authentication.pool,
                            .hashing = context.worker().hashing()};
    flow::Task<bool> check = password_fits(work, who.password, hash);
    const Result<bool> fits = co_await flow::as_result(std::move(check));
    if (!fits) {
        co_return Verdict(std::unexpected(fits.error()));
    }
    if (!*fits || user == nullptr) {
        co_return Verdict(std::nullopt);
    }
    co_return Verdict(user->email);
}

#else

// Unreachable: without threads, the directive requires a uri.
flow::Task<Verdict> ask_users_file(RequestContext& /*context*/, const Credentials& /*who*/) {
    co_return Verdict(std::nullopt);
}

#endif

Verdict read_answer(const Subrequest::Response& answer) {
    if (answer.status == NGX_HTTP_UNAUTHORIZED || answer.status == NGX_HTTP_FORBIDDEN) {
        return std::nullopt;
    }
    if (answer.status < NGX_HTTP_OK || answer.status >= NGX_HTTP_SPECIAL_RESPONSE) {
        return fail(Kind::provider_unavailable, "the check of the credentials failed",
                    "status " + std::to_string(answer.status));
    }
    const std::string& subject = answer.subject;
    if (subject.empty() || subject.size() > kMaxSubject || !base::is_utf8(subject) ||
        std::ranges::any_of(subject, base::is_control)) {
        return fail(Kind::provider_rejected,
                    "the check of the credentials named no user in X-Social-Subject");
    }
    return subject;
}

flow::Task<Verdict> ask_location(RequestContext& context) {
    ngx_http_request_t* r = context.request();
    context.presentation().provider = "The login service";
    Subrequest subrequest(r, location_settings(r).check, RequestBody::of(r));
    RequestBody::wipe(r);
    const Subrequest::Response answer = co_await subrequest;
    co_return read_answer(answer);
}

// Returns 0, or the seconds until another attempt is allowed. With Redis, the refusal and the count
// of attempts in progress are separate commands. Other attempts may end or begin in between. Only
// two zero counts in succession prove that none is in progress.
flow::Task<std::int64_t> admit(LoginAttempt& attempt, RequestContext& context) {
    const flow::Ports& ports = context.worker().ports();
    const std::chrono::milliseconds deadline = ports.clock.monotonic() + kReaderTimeout;
    base::Backoff backoff(kFirstPause, kMaxBackoff);
    std::int64_t wait = co_await attempt.begin();
    bool alone = false;
    while (wait > 0 && ports.clock.monotonic() < deadline) {
        const bool must_wait = co_await attempt.must_wait();
        if (!must_wait && alone) {
            break;
        }
        alone = !must_wait;
        co_await ports.timer.sleep(backoff.next());
        wait = co_await attempt.begin();
    }
    co_return wait;
}

Answer grant(RequestContext& context, const site::Site& site, const std::string& user) {
    const TokenSettings& tokens = context.settings().token;
    const std::string token = flow::value(token::issue({.issuer = tokens.rules.issuer,
                                                        .audience = tokens.rules.audience,
                                                        .user = user,
                                                        .site = site.id,
                                                        .now = context.now(),
                                                        .lifetime = site.token_ttl},
                                                       tokens.keys));
    RequestState& known = request_state(context.request());
    known.site = as_ngx(site.id);
    known.user = copy(context.request()->pool, user);
    context.set_result("granted");
    return token_granted(token);
}

token::BodyFormat format_of(ngx_http_request_t* r) {
    return token::body_format(find_header_in(r, "content-type").value).value();
}

// Content codings (RFC 9110 §8.4.1) are not supported. A repeated header is refused: the next
// reader of the body may choose the other value.
bool readable_type(ngx_http_request_t* r) noexcept {
    const base::Found type = find_header_in(r, "content-type");
    const base::Found coding = find_header_in(r, "content-encoding");
    const bool coded = coding.occurrence != base::Occurrence::absent &&
                       !(coding.once() && (coding.value.empty() ||
                                           base::equals_ignoring_case(coding.value, "identity")));
    return type.once() && token::body_format(type.value) && !coded;
}

}  // namespace

std::optional<Answer> refused_body(ngx_http_request_t* r) {
    if (!readable_type(r)) {
        return unsupported_media_type();
    }
    if (r->headers_in.content_length_n > static_cast<off_t>(kMaxCredentials)) {
        return body_too_large();
    }
    return std::nullopt;
}

flow::Task<Answer> authenticate(RequestContext& context) {
    ngx_http_request_t* r = context.request();
    const bool by_location = location_settings(r).check.uri.len != 0;
    const Credentials who = flow::value(token::read_credentials(RequestBody::of(r), format_of(r)));
    if (!by_location) {
        RequestBody::wipe(r);
    }

    const std::string network = client_network(*r->connection);
    LoginAttempt attempt({context.worker().attempts(), context.worker().background()},
                         {.network = network, .site = who.site, .email = who.email});
    const std::int64_t wait = co_await admit(attempt, context);
    if (wait > 0) {
        context.set_result("throttled");
        co_return too_many_attempts(wait);
    }

    flow::Task<Verdict> check = by_location ? ask_location(context) : ask_users_file(context, who);
    const Verdict verdict = co_await check;
    if (!verdict) {
        co_await attempt.refund();
        throw flow::Failure(verdict.error());
    }
    const site::Site* site = context.settings().sites.find(who.site);
    if (!*verdict || site == nullptr) {
        context.set_result("login_refused");
        co_return token_refused(who.site);
    }
    co_await attempt.succeed();
    co_return grant(context, *site, **verdict);
}

}  // namespace social::ngx
