// One connection to one Redis server, on hiredis and nginx's events. Commands are pipelined: those
// of one turn of the loop leave in one write, answers come in order.
//
// hiredis' asynchronous API connects, secures and writes; answers are not for its callbacks, which
// cost a read of a session more than its parser does, and which abort the process at an answer that
// nobody asked for.
//
// States: idle → connecting (commands queue) → ready → …
//   closed by the server while it was ready: connecting at once; a command that may be
//     repeated is sent once more, others fail as lost
//   late, refused, or not to be reached: down. Commands fail at once, and an attempt in the
//     background, after a pause that grows and varies, ends it: nobody waits for a server
//     that is known not to answer.
//
// Made and used on a worker's loop; outlives the calls that wait in it. hiredis closes the
// descriptor, this only takes it from nginx.
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

// How to reach one server, and to be let in.
struct RedisNode {
    redis::Address address;  // an IP address or a path: names were resolved
    std::string name;        // the host as it was written, which the certificate is for
    std::string user;
    base::Secret password;
    unsigned database = 0;
    std::chrono::milliseconds timeout{500};  // for a command, and for connecting
    const RedisTls* tls = nullptr;           // outlives the connection; nullptr: none
};

// Why a command has no answer.
enum class RequestError : std::uint8_t {
    down,  // not sent: the server is known not to answer
    lost,  // the connection ended; it may have been executed
    late,  // no answer in time; it may have been executed
};

// Of all connections of one client.
struct RedisStatistics {
    std::uint64_t commands = 0;
    std::uint64_t failures = 0;  // commands without an answer
    std::uint64_t connects = 0;
};

class RedisConnection {
public:
    RedisConnection(RedisNode node, RedisStatistics& statistics);
    RedisConnection(const RedisConnection&) = delete;
    RedisConnection& operator=(const RedisConnection&) = delete;
    virtual ~RedisConnection();

    [[nodiscard]] const RedisNode& node() const noexcept { return node_; }
    [[nodiscard]] bool is_down() const noexcept { return down_; }

    // Ends the connection; the next command makes another. For a server that is the wrong one.
    void close() noexcept;

protected:
    // The last words of the way in: say().
    virtual void greet();
    // An answer to one of the words of the way in that is no error, before the next one is heard.
    virtual void take_entry(const redis::Reply& /*reply*/) {}
    // Whether a connection that the server closed is wanted although no command waits. The log
    // tells of it at the level info: those that commands use tell what an operator needs.
    [[nodiscard]] virtual bool is_kept() const noexcept { return false; }
    // All answers of the way in are there.
    virtual void entered() { be_ready(); }
    // What came on a connection that listens; false: it makes no sense.
    virtual bool hear(const redis::Reply& /*reply*/) { return false; }
    virtual void became_ready() {}
    virtual void went_down() {}

    void connect();
    // On the way in; the last answer to such words makes the connection ready.
    void say(const redis::Command& words);
    void be_ready();
    // Says this, and hears all that comes from here on.
    void listen(const redis::Command& words);

private:
    friend class RedisCall;
    using Time = std::chrono::milliseconds;  // as ngx_current_msec counts

    struct Waiting {
        RedisCall* call;  // nullptr: who called has left
        Time deadline;
    };

    // False: down.
    [[nodiscard]] bool submit(RedisCall& call);
    void leave(const RedisCall& call) noexcept;

    [[nodiscard]] bool open();
    bool watch();
    void enter();
    void send(Waiting waiting);
    void send_queue();
    [[nodiscard]] bool write_later(std::string_view wire) noexcept;
    void go_on_writing() noexcept;
    void read();
    void take(redis::Reply&& reply);
    void enter_further(const redis::Reply& reply);
    void take_answer(redis::Reply&& reply);
    [[nodiscard]] bool expects_more() const noexcept;
    // What became of the connection: closed by the server, or not to be used.
    enum class End : std::uint8_t { closed, failed };
    void end(End how, std::string_view why);
    void retry_lost();
    void go_down(std::string_view why);
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
    ngx_connection_t* connection_ = nullptr;  // of the context
    ReplyParser replies_;                     // of the context
    bool ready_ = false;
    bool down_ = false;
    bool listening_ = false;     // all that comes is to be heard
    unsigned entering_ = 0;      // answers to AUTH, SELECT and so on that are still to come
    std::string outbox_;         // what this turn of the loop has to say
    std::deque<Waiting> queue_;  // for the time when the connection is ready
    std::deque<Waiting> in_flight_;
    base::Backoff<Time> backoff_;
    Event flush_ = Event::calling<&RedisConnection::on_flush>(*this);
    Event deadline_ = Event::calling<&RedisConnection::on_deadline>(*this);
    Event connect_deadline_ =
        Event::calling<&RedisConnection::on_connect_deadline>(*this, OnExit::abandon);
    Event retry_ = Event::calling<&RedisConnection::on_retry>(*this, OnExit::abandon);
};

}  // namespace social::loop
