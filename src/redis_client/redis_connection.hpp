// One connection to one Redis server, on hiredis and nginx's events. Commands are pipelined: one
// write sends all commands of a loop iteration. Replies arrive in the order of the commands.
//
// hiredis' asynchronous API connects and writes, also over TLS. Replies bypass hiredis' callbacks.
// They are slower than using the reader directly, and they abort the process on an unsolicited
// reply.
//
// States: idle → connecting (commands are queued) → ready → …
//
// - The server closes a ready connection: repeatable commands are queued again, once, and others
//   fail as lost. With a command in the queue it reconnects at once, else it is idle.
// - A timeout, an error of the handshake or of the protocol, or a failed connect: down. Commands
//   fail at once (an open circuit) while a timer reconnects with backoff and jitter.
//
// Used on a worker's event loop. It outlives its calls. hiredis owns and closes the descriptor.
#pragma once

#include <hiredis/async.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "base/backoff.hpp"
#include "base/secret.hpp"
#include "loop/event.hpp"
#include "redis/command.hpp"
#include "redis/reply.hpp"
#include "redis/url.hpp"
#include "redis_client/redis_reply.hpp"

namespace social::loop {

class RedisCall;
class RedisTls;

// Address and credentials of one server.
struct RedisNode {
    redis::Address address;  // an IP address or a path, resolved before
    std::string name;        // the host as configured; the certificate must match it
    std::string user;        // empty: AUTH with the password alone
    base::Secret password;   // empty: no AUTH
    unsigned database = 0;
    std::chrono::milliseconds timeout{500};  // of a command, and of connect with handshake
    const RedisTls* tls = nullptr;           // outlives the connection; nullptr: none
};

enum class RequestError : std::uint8_t {
    down,  // circuit open: the command was not sent
    lost,  // connection lost: the server may have executed the command
    late,  // timed out: the server may have executed the command
};

// Sums over all connections of one client since its creation.
struct RedisStatistics {
    std::uint64_t commands = 0;
    std::uint64_t failures = 0;  // commands that ended with a RequestError
    std::uint64_t connects = 0;  // connection attempts
};

class RedisConnection {
public:
    // Connects with the first command. `statistics` outlive the connection.
    RedisConnection(RedisNode node, RedisStatistics& statistics);
    RedisConnection(const RedisConnection&) = delete;
    RedisConnection& operator=(const RedisConnection&) = delete;
    virtual ~RedisConnection();

    [[nodiscard]] const RedisNode& node() const noexcept { return node_; }
    // True if commands fail at once.
    [[nodiscard]] bool is_down() const noexcept { return down_; }

protected:
    // Sends extra handshake commands after AUTH and SELECT.
    virtual void send_handshake();
    // Called for each successful handshake reply.
    virtual void check_handshake_reply(const redis::Reply& /*reply*/) {}
    // True to reconnect when no command is pending. Such a connection logs its state at the level
    // info: an operator needs the state of the connections for commands.
    [[nodiscard]] virtual bool reconnects_when_idle() const noexcept { return false; }
    // Called after the last handshake reply.
    virtual void on_handshake_done() { set_ready(); }
    // Handles a pub/sub message. Returns false if it is malformed, which closes the connection.
    virtual bool on_message(const redis::Reply& /*reply*/) { return false; }
    // Called at the end of set_ready().
    virtual void on_ready() {}
    // Called after each failure, so also for a reconnect that fails.
    virtual void on_down() {}

    void connect();
    // Sends a handshake command. on_handshake_done() follows the last reply.
    void send_handshake_command(const redis::Command& words);
    // Closes the circuit and sends the queue.
    void set_ready();
    // Subscribes. From now on every reply goes to on_message().
    void subscribe(const redis::Command& words);

private:
    friend class RedisCall;
    using Time = std::chrono::milliseconds;  // as ngx_current_msec counts

    struct Waiting {
        RedisCall* call;  // nullptr: cancelled
        Time deadline;
    };

    // Returns false if the circuit is open.
    [[nodiscard]] bool submit(RedisCall& call);
    void cancel(const RedisCall& call) noexcept;

    [[nodiscard]] bool open();
    bool watch();
    void start_handshake();
    void send(Waiting waiting);
    void send_queue();
    [[nodiscard]] bool write_later(std::string_view wire) noexcept;
    void go_on_writing() noexcept;
    void read();
    void take(redis::Reply&& reply);
    void on_handshake_reply(const redis::Reply& reply);
    void take_answer(redis::Reply&& reply);
    [[nodiscard]] bool expects_more() const noexcept;
    // closed: by the peer; failed: opens the circuit.
    enum class End : std::uint8_t { closed, failed };
    void end(End how, std::string_view why);
    void retry_lost();
    void open_circuit(std::string_view why);
    void log_state(ngx_uint_t level, std::string_view state, std::string_view why);
    void fail_all(std::deque<Waiting>& calls, RequestError loss) noexcept;
    void drop() noexcept;
    void set_deadline() noexcept;
    [[nodiscard]] const std::deque<Waiting>& oldest() const noexcept;

    void on_deadline() noexcept;
    void on_connect_deadline() noexcept;
    void on_retry() noexcept;
    void on_flush() noexcept;

    static void on_connected(const redisAsyncContext* context, int status) noexcept;
    static void on_disconnected(const redisAsyncContext* context, int status) noexcept;
    static void on_readable(ngx_event_t* event) noexcept;
    static void on_writable(ngx_event_t* event) noexcept;
    static void on_add_read(void* connection) noexcept;
    static void on_delete_read(void* connection) noexcept;
    static void on_add_write(void* connection) noexcept;
    static void on_delete_write(void* connection) noexcept;
    static void on_cleanup(void* connection) noexcept;

    RedisNode node_;
    RedisStatistics& statistics_;
    redisAsyncContext* context_ = nullptr;
    ngx_connection_t* connection_ = nullptr;  // lives as long as the context
    ReplyParser replies_;                     // attached to the context's reader
    bool ready_ = false;
    bool down_ = false;
    bool subscribed_ = false;                 // subscribed: replies go to on_message()
    unsigned pending_handshake_replies_ = 0;  // pending handshake replies (AUTH, SELECT, …)
    std::string write_buffer_;                // commands of this loop iteration, not written yet
    std::deque<Waiting> pending_;             // commands that wait for the handshake
    std::deque<Waiting> in_flight_;
    base::Backoff<Time> backoff_;
    Event flush_ = Event::calling<&RedisConnection::on_flush>(*this);
    Event deadline_ = Event::calling<&RedisConnection::on_deadline>(*this);
    Event connect_deadline_ =
        Event::calling<&RedisConnection::on_connect_deadline>(*this, OnExit::abandon);
    Event retry_ = Event::calling<&RedisConnection::on_retry>(*this, OnExit::abandon);
};

}  // namespace social::loop
