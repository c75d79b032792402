#include "redis_client/redis_connection.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "loop/error_log.hpp"
#include "loop/guard.hpp"
#include "redis/command.hpp"
#include "redis_client/redis_call.hpp"

namespace social::loop {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
// With jitter this stays below the one-second recovery goal.
constexpr milliseconds kMaxBackoff{500};

constexpr std::string_view kUp = "social: Redis answers again";
constexpr std::string_view kDown = "social: Redis does not answer";

milliseconds now() noexcept {
    return milliseconds(ngx_current_msec);
}

}  // namespace

RedisConnection::RedisConnection(RedisNode node, RedisStatistics& statistics)
    : node_(std::move(node)), statistics_(statistics), backoff_(kFirstPause, kMaxBackoff) {}

RedisConnection::~RedisConnection() {
    drop();
}

bool RedisConnection::submit(RedisCall& call) {
    ++statistics_.commands;
    if (down_) {
        ++statistics_.failures;
        return false;
    }
    const Waiting waiting{.call = &call, .deadline = now() + node_.timeout};
    if (ready_) {
        send(waiting);
    } else {
        pending_.push_back(waiting);
        if (context_ == nullptr) {
            connect();
        }
    }
    set_deadline();
    return true;
}

// The reply to a command in flight still arrives, so its slot in the pipeline remains.
void RedisConnection::cancel(const RedisCall& call) noexcept {
    for (auto* calls : {&pending_, &in_flight_}) {
        const auto found = std::ranges::find(*calls, &call, &Waiting::call);
        if (found != calls->end()) {
            found->call = nullptr;
            return;
        }
    }
}

void RedisConnection::connect() {
    ++statistics_.connects;
    if (!open()) {
        end(End::failed, "cannot connect");
        return;
    }
    connect_deadline_.arm(node_.timeout);
    start_handshake();
}

void RedisConnection::start_handshake() {
    pending_handshake_replies_ = 0;
    if (!node_.password.empty()) {
        redis::Command auth("AUTH");
        if (!node_.user.empty()) {
            auth.with(node_.user);
        }
        send_handshake_command(auth.with(node_.password.reveal()));
    }
    if (node_.database != 0) {
        send_handshake_command(redis::Command("SELECT").with(node_.database));
    }
    send_handshake();
}

void RedisConnection::send_handshake_command(const redis::Command& words) {
    if (write_later(words.wire())) {
        ++pending_handshake_replies_;
    }
}

// A server may accept connections and not reply. PING detects that.
void RedisConnection::send_handshake() {
    send_handshake_command(redis::Command("PING"));
}

void RedisConnection::on_handshake_reply(const redis::Reply& reply) {
    if (reply.is_error()) {
        end(End::failed, reply.text);
        return;
    }
    check_handshake_reply(reply);
    if (--pending_handshake_replies_ == 0) {
        on_handshake_done();
    }
}

// Allocates before it changes the buffer. So std::bad_alloc leaves neither half a command nor a
// command without a call.
void RedisConnection::send(Waiting waiting) {
    const std::string_view wire = waiting.call->wire_;
    write_buffer_.reserve(write_buffer_.size() + wire.size());
    in_flight_.push_back(waiting);
    write_buffer_ += wire;
    flush_.post();
}

void RedisConnection::send_queue() {
    while (!pending_.empty()) {
        if (pending_.front().call != nullptr) {
            send(pending_.front());
        }
        pending_.pop_front();
    }
}

void RedisConnection::set_ready() {
    connect_deadline_.cancel();
    ready_ = true;
    backoff_.reset();
    if (std::exchange(down_, false)) {
        log_state(reconnects_when_idle() ? NGX_LOG_INFO : NGX_LOG_NOTICE, kUp, "");
    }
    send_queue();
    set_deadline();
    on_ready();
}

// A change of state starts a new incident and ends the previous one.
void RedisConnection::log_state(ngx_uint_t level, std::string_view state, std::string_view why) {
    const std::string server = node_.address.text();
    if (level <= NGX_LOG_NOTICE) {
        end_incident({state == kUp ? kDown : kUp, server});
    }
    write_limited(ngx_cycle->log,
                  {.level = level,
                   .text = {state, why.empty() ? "" : ": ", why, ", server: ", server},
                   .kind = {state, server}});
}

void RedisConnection::take(redis::Reply&& reply) {
    if (subscribed_) {
        if (!on_message(reply)) {
            end(End::failed, "protocol error: not a pub/sub message");
        }
    } else if (pending_handshake_replies_ != 0) {
        on_handshake_reply(reply);
    } else {
        take_answer(std::move(reply));
    }
}

bool RedisConnection::expects_more() const noexcept {
    return subscribed_ || pending_handshake_replies_ != 0 || !in_flight_.empty();
}

void RedisConnection::take_answer(redis::Reply&& reply) {
    if (in_flight_.empty()) {
        end(End::failed, "protocol error: unsolicited reply");
        return;
    }
    RedisCall* call = in_flight_.front().call;
    in_flight_.pop_front();
    if (call != nullptr) {
        call->complete(std::move(reply));
    }
}

void RedisConnection::end(End how, std::string_view why) {
    const bool was_ready = ready_;
    drop();
    if (how == End::closed && was_ready && !reconnects_when_idle()) {
        retry_lost();
        if (!pending_.empty()) {
            connect();
        }
        return;
    }
    open_circuit(why);
}

// Queues repeatable commands again, in their order, each once. If memory runs out, the remaining
// ones stay in flight until they time out.
void RedisConnection::retry_lost() {
    for (; !in_flight_.empty(); in_flight_.pop_back()) {
        const Waiting waiting = in_flight_.back();
        if (waiting.call == nullptr) {
            continue;
        }
        if (std::exchange(waiting.call->repeatable_, false)) {
            pending_.push_front(waiting);
        } else {
            ++statistics_.failures;
            waiting.call->complete(std::unexpected(RequestError::lost));
        }
    }
    set_deadline();
}

void RedisConnection::open_circuit(std::string_view why) {
    if (!std::exchange(down_, true)) {
        log_state(reconnects_when_idle() ? NGX_LOG_INFO : NGX_LOG_ERR, kDown, why);
    }
    const Time pause = backoff_.next();
    retry_.arm(base::jittered(pause / 2, pause * 3 / 2, static_cast<std::uint32_t>(ngx_random())));
    fail_all(in_flight_, RequestError::lost);
    fail_all(pending_, RequestError::down);
    on_down();
}

void RedisConnection::fail_all(std::deque<Waiting>& calls, RequestError loss) noexcept {
    for (; !calls.empty(); calls.pop_front()) {
        if (RedisCall* call = calls.front().call; call != nullptr) {
            ++statistics_.failures;
            call->complete(std::unexpected(loss));
        }
    }
}

// One timer serves all calls. It is armed for the oldest one, and each expiry re-arms it for the
// oldest one left.
void RedisConnection::set_deadline() noexcept {
    const std::deque<Waiting>& calls = oldest();
    if (!calls.empty() && !deadline_.armed()) {
        deadline_.arm(std::max(calls.front().deadline - now(), Time(1)));
    }
}

// Both lists are ordered by deadline. Calls in flight are older than queued ones.
const std::deque<RedisConnection::Waiting>& RedisConnection::oldest() const noexcept {
    return in_flight_.empty() ? pending_ : in_flight_;
}

void RedisConnection::on_deadline() noexcept {
    guard(ngx_cycle->log, "Redis", [this] {
        if (oldest().empty() || oldest().front().deadline > now()) {
            set_deadline();
            return;
        }
        for (auto* late : {&in_flight_, &pending_}) {
            fail_all(*late, RequestError::late);
        }
        end(End::failed, "command timed out");
    });
}

void RedisConnection::on_connect_deadline() noexcept {
    guard(ngx_cycle->log, "Redis", [this] { end(End::failed, "connect timed out"); });
}

void RedisConnection::on_retry() noexcept {
    guard(ngx_cycle->log, "Redis", [this] {
        if (context_ == nullptr && ngx_exiting == 0) {
            connect();
        }
    });
}

}  // namespace social::loop
