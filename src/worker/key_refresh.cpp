#include "worker/key_refresh.hpp"

#include <utility>

#include "base/backoff.hpp"
#include "base/random.hpp"
#include "coro/result_task.hpp"
#include "crypto/jwk.hpp"
#include "loop/error_log.hpp"
#include "loop/sleep.hpp"

namespace social::ngx {

namespace {

using std::chrono::seconds;

// A random pause between two fetches spreads the requests of many workers and instances.
constexpr seconds kLeastInterval{3240};
constexpr seconds kMostInterval{3960};
constexpr seconds kFirstRetry{2};
constexpr seconds kLongestRetry{60};

}  // namespace

KeyRefresh::KeyRefresh(const KeySource& source, Ports ports)
    : source_(source), ports_(ports), cache_(ports.clock, ports.background) {
    source_.keys->on_unknown_kid([this] { on_unknown_key(); });
    ports_.background.spawn(keep_fresh());
}

KeyRefresh::~KeyRefresh() {
    source_.keys->on_unknown_kid({});
}

flow::Task<void> KeyRefresh::keep_fresh() {
    base::Backoff backoff(kFirstRetry, kLongestRetry);
    while (true) {
        seconds pause{};
        if (co_await refresh()) {
            backoff.reset();
            pause = base::jittered(kLeastInterval, kMostInterval,
                                   static_cast<std::uint32_t>(base::random_number()));
        } else {
            pause = backoff.next();
        }
        loop::Sleep sleep(pause, loop::OnExit::abandon);
        co_await sleep;
    }
}

flow::Task<void> KeyRefresh::ask_once() {
    static_cast<void>(co_await refresh());
    co_return;
}

flow::Task<bool> KeyRefresh::refresh() {
    if (cache_.fetching()) {
        co_await cache_.fetch_ended();
        co_return !cache_.failure();
    }
    const bool fetched = co_await cache_.refresh(fetch());
    if (fetched) {
        source_.keys->replace(cache_.known());
    } else {
        loop::log_error(ngx_cycle->log, *cache_.failure(), source_.url);
    }
    co_return fetched;
}

flow::Task<crypto::KeySet> KeyRefresh::fetch() {
    base::HttpRequest request("GET", source_.url);
    request.headers.push_back({"Accept", "application/jwk-set+json, application/json"});
    request.ca_file = source_.ca_file;
    const base::HttpResponse response = co_await ports_.http.send(std::move(request));
    if (response.status != NGX_HTTP_OK) {
        throw flow::Failure(Error{Kind::provider_rejected, "the JWK Set cannot be fetched",
                                  "status " + std::to_string(response.status)});
    }
    Result<crypto::KeySet> keys = crypto::read_jwk_set(response.body);
    if (!keys) {
        throw flow::Failure(Error{Kind::provider_rejected, keys.error().what, {}});
    }
    co_return std::move(*keys);
}

void KeyRefresh::on_unknown_key() {
    if (cache_.may_fetch_for_unknown_key()) {
        cache_.fetched_for_unknown_key();
        ports_.background.spawn(ask_once());
    }
}

}  // namespace social::ngx
