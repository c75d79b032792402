// `co_await RedisCall(connection, wire, repeatable)` sends one command to one server and returns
// the reply, or an error after the connection's timeout. The destructor cancels: it discards the
// reply.
#pragma once

#include <coroutine>
#include <expected>
#include <string_view>
#include <utility>

#include "loop/wakeup.hpp"
#include "redis/reply.hpp"
#include "redis_client/redis_connection.hpp"

namespace social::loop {

using RedisAnswer = std::expected<redis::Reply, RequestError>;

class RedisCall {
public:
    // `wire` is an encoded command. It and the connection outlive the call. `repeatable`: see
    // redis::Command::repeatable().
    RedisCall(RedisConnection& connection, std::string_view wire, bool repeatable) noexcept
        : connection_(connection), wire_(wire), repeatable_(repeatable) {}
    RedisCall(const RedisCall&) = delete;
    RedisCall& operator=(const RedisCall&) = delete;
    ~RedisCall() {
        if (waiting_) {
            connection_.cancel(*this);
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
        wakeup_.set_continuation(frame);
        waiting_ = true;  // before submit(), which may throw after it has queued the call
        const bool taken = connection_.submit(*this);
        waiting_ = waiting_ && taken;
        return taken;
    }
    // The reference is valid as long as the call. Move the reply out of it.
    [[nodiscard]] RedisAnswer&& await_resume() noexcept { return std::move(answer_); }

private:
    friend class RedisConnection;
    template <class Reply>
    void complete(Reply&& answer) noexcept {
        waiting_ = false;
        answer_ = std::forward<Reply>(answer);
        wakeup_.post();
    }

    RedisConnection& connection_;
    std::string_view wire_;
    bool repeatable_;
    bool waiting_ = false;  // queued or in flight in the connection
    RedisAnswer answer_ = std::unexpected(RequestError::down);
    Wakeup wakeup_;
};

}  // namespace social::loop
