// `co_await RedisCall(connection, wire, repeatable)`: the answer of one server to one command,
// within the connection's time-out. Destroying the frame forgets the answer.
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
    // `wire` is a command as it is sent, and outlives the call. `repeatable`: see
    // redis::Command::repeatable().
    RedisCall(RedisConnection& connection, std::string_view wire, bool repeatable) noexcept
        : connection_(connection), wire_(wire), repeatable_(repeatable) {}
    RedisCall(const RedisCall&) = delete;
    RedisCall& operator=(const RedisCall&) = delete;
    ~RedisCall() {
        if (waiting_) {
            connection_.leave(*this);
        }
    }

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> frame) {
        wakeup_.set_continuation(frame);
        waiting_ = true;  // also where submit() throws behind having taken it
        const bool taken = connection_.submit(*this);
        waiting_ = waiting_ && taken;
        return taken;
    }
    // To be moved from, while the call lives.
    [[nodiscard]] RedisAnswer&& await_resume() noexcept { return std::move(answer_); }

private:
    friend class RedisConnection;
    template <class Answer>
    void complete(Answer&& answer) noexcept {
        waiting_ = false;
        answer_ = std::forward<Answer>(answer);
        wakeup_.post();
    }

    RedisConnection& connection_;
    std::string_view wire_;
    bool repeatable_;
    bool waiting_ = false;  // the connection knows of it
    RedisAnswer answer_ = std::unexpected(RequestError::down);
    Wakeup wakeup_;
};

}  // namespace social::loop
