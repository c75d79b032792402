// RedisConnection's callbacks for hiredis and for nginx's events: see redis_connection.hpp.
#include <hiredis/sds.h>
#include <sys/socket.h>

#include <string>
#include <utility>

#include "loop/guard.hpp"
#include "redis_client/redis_connection.hpp"
#include "redis_client/redis_tls.hpp"

namespace social::loop {

namespace {

RedisConnection* owner_of(const redisAsyncContext* context) noexcept {
    return static_cast<RedisConnection*>(context->data);
}

redisAsyncContext* context_of(const ngx_connection_t* connection) noexcept {
    return static_cast<redisAsyncContext*>(connection->data);
}

}  // namespace

bool RedisConnection::open() {
    const redis::Address& address = node_.address;
    redisAsyncContext* context = address.is_path()
                                     ? redisAsyncConnectUnix(address.host.c_str())
                                     : redisAsyncConnect(address.host.c_str(), address.port);
    if (context == nullptr) {
        return false;
    }
    // hiredis calls no callback for an immediate error.
    if (context->err != 0 || (node_.tls != nullptr && !node_.tls->secure(*context, node_.name))) {
        redisAsyncFree(context);
        return false;
    }
    context_ = context;
    replies_.attach(*context->c.reader);
    return watch();
}

bool RedisConnection::watch() {
    ngx_connection_t* connection = ngx_get_connection(context_->c.fd, ngx_cycle->log);
    if (connection == nullptr) {
        redisAsyncFree(std::exchange(context_, nullptr));
        return false;
    }
    connection->data = context_;
    connection->log = ngx_cycle->log;
    connection->read->handler = &RedisConnection::on_readable;
    connection->read->log = ngx_cycle->log;
    connection->write->handler = &RedisConnection::on_writable;
    connection->write->log = ngx_cycle->log;
    // No client connection: with this flag worker_shutdown_timeout does not close it.
    connection->read->resolver = 1;
    connection_ = connection;

    context_->data = this;
    context_->ev.data = connection;
    context_->ev.addRead = &RedisConnection::on_add_read;
    context_->ev.delRead = &RedisConnection::on_delete_read;
    context_->ev.addWrite = &RedisConnection::on_add_write;
    context_->ev.delWrite = &RedisConnection::on_delete_write;
    context_->ev.cleanup = &RedisConnection::on_cleanup;
    redisAsyncSetConnectCallback(context_, &RedisConnection::on_connected);
    redisAsyncSetDisconnectCallback(context_, &RedisConnection::on_disconnected);
    return true;
}

// Detaches first: redisAsyncFree() calls on_disconnected(). Inside a hiredis callback it frees the
// context later.
void RedisConnection::drop() noexcept {
    redisAsyncContext* context = std::exchange(context_, nullptr);
    connection_ = nullptr;
    ready_ = false;
    subscribed_ = false;
    write_buffer_.clear();
    connect_deadline_.cancel();
    flush_.cancel();
    if (context != nullptr) {
        context->data = nullptr;
        redisAsyncFree(context);
    }
}

// Runs at the end of a loop iteration, on a ready connection, and writes all its commands at once.
// Only a remainder waits for a write event.
void RedisConnection::on_flush() noexcept {
    if (context_ == nullptr) {
        return;
    }
    if (redisAppendFormattedCommand(&context_->c, write_buffer_.data(), write_buffer_.size()) !=
        REDIS_OK) {
        guard(ngx_cycle->log, "Redis", [this] { end(End::failed, "out of memory"); });
        return;
    }
    write_buffer_.clear();
    redisAsyncHandleWrite(context_);
    go_on_writing();
}

// After SSL_write() returned WANT_READ, hiredis does not re-arm the write event. Re-arm it here.
void RedisConnection::go_on_writing() noexcept {
    if (context_ != nullptr && node_.tls != nullptr && ready_ && sdslen(context_->c.obuf) != 0) {
        on_add_write(connection_);
    }
}

void RedisConnection::on_connected(const redisAsyncContext* context, int status) noexcept {
    RedisConnection* self = owner_of(context);
    if (self == nullptr || status == REDIS_OK) {
        return;
    }
    // hiredis frees the context after this callback.
    guard(ngx_cycle->log, "Redis", [self, context] {
        const std::string_view why(context->c.errstr);
        const std::string text(why.empty() ? "cannot connect" : why);
        self->context_ = nullptr;
        self->end(End::failed, text);
    });
}

void RedisConnection::on_disconnected(const redisAsyncContext* context, int /*status*/) noexcept {
    RedisConnection* self = owner_of(context);
    if (self == nullptr) {
        return;
    }
    guard(ngx_cycle->log, "Redis", [self] {
        self->context_ = nullptr;
        self->end(End::closed, "connection lost");
    });
}

// For handshake commands and SUBSCRIBE. send() buffers the other commands.
bool RedisConnection::write_later(std::string_view wire) noexcept {
    if (redisAppendFormattedCommand(&context_->c, wire.data(), wire.size()) != REDIS_OK) {
        return false;
    }
    on_add_write(connection_);
    return true;
}

void RedisConnection::subscribe(const redis::Command& words) {
    if (!write_later(words.wire())) {
        end(End::failed, "out of memory");
        return;
    }
    subscribed_ = true;
}

// Refuses bytes after the last expected reply, even a partial reply. They would pass for the reply
// to the next command.
void RedisConnection::read() {
    const redisAsyncContext* const context = context_;
    redisReader& parser = *context_->c.reader;
    if (redisBufferRead(&context_->c) != REDIS_OK) {
        end(End::closed, "connection lost");
        return;
    }
    redis::Reply reply;
    while (context_ == context) {
        if (!expects_more()) {
            if (parser.len > parser.pos) {
                end(End::failed, "protocol error: unsolicited reply");
            }
            return;
        }
        const ReplyParser::ParseResult next = replies_.next(parser, reply);
        if (next == ReplyParser::ParseResult::incomplete) {
            return;
        }
        if (next == ReplyParser::ParseResult::garbage) {
            end(End::failed, "protocol error");
            return;
        }
        take(std::move(reply));
    }
}

// hiredis completes the connect, and a TLS write that needed a read first.
void RedisConnection::on_readable(ngx_event_t* event) noexcept {
    redisAsyncContext* context = context_of(static_cast<ngx_connection_t*>(event->data));
    RedisConnection* self = owner_of(context);
    if (self == nullptr) {
        return;
    }
    if ((context->c.flags & REDIS_CONNECTED) == 0 || self->node_.tls != nullptr) {
        redisAsyncHandleWrite(context);
        if (self->context_ != context || (context->c.flags & REDIS_CONNECTED) == 0) {
            return;
        }
    }
    const bool done = guard(ngx_cycle->log, "Redis", false, [self] {
        self->read();
        return true;
    });
    // The bytes are in the reader now, so no read event follows for them. Reconnect instead.
    if (!done && self->context_ != nullptr) {
        guard(ngx_cycle->log, "Redis", [self] { self->end(End::failed, "out of memory"); });
    }
}

void RedisConnection::on_writable(ngx_event_t* event) noexcept {
    redisAsyncContext* context = context_of(static_cast<ngx_connection_t*>(event->data));
    RedisConnection* self = owner_of(context);
    redisAsyncHandleWrite(context);
    if (self != nullptr) {
        self->go_on_writing();
    }
}

void RedisConnection::on_add_read(void* connection) noexcept {
    ngx_event_t* event = static_cast<ngx_connection_t*>(connection)->read;
    if (event->active == 0) {
        ngx_add_event(event, NGX_READ_EVENT, NGX_LEVEL_EVENT);
    }
}

void RedisConnection::on_delete_read(void* connection) noexcept {
    ngx_event_t* event = static_cast<ngx_connection_t*>(connection)->read;
    if (event->active != 0) {
        ngx_del_event(event, NGX_READ_EVENT, 0);
    }
}

void RedisConnection::on_add_write(void* connection) noexcept {
    ngx_event_t* event = static_cast<ngx_connection_t*>(connection)->write;
    if (event->active == 0) {
        ngx_add_event(event, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);
    }
}

void RedisConnection::on_delete_write(void* connection) noexcept {
    ngx_event_t* event = static_cast<ngx_connection_t*>(connection)->write;
    if (event->active != 0) {
        ngx_del_event(event, NGX_WRITE_EVENT, 0);
    }
}

// hiredis closes the descriptor after this callback. So nginx must not close it.
void RedisConnection::on_cleanup(void* data) noexcept {
    auto* connection = static_cast<ngx_connection_t*>(data);
    if (connection->read->active != 0 || connection->write->active != 0) {
        if (ngx_del_conn != nullptr) {
            ngx_del_conn(connection, 0);
        } else {
            on_delete_read(connection);
            on_delete_write(connection);
        }
    }
    ngx::delete_posted_event(*connection->read);
    ngx::delete_posted_event(*connection->write);
    connection->read->closed = 1;
    connection->write->closed = 1;
    ngx_free_connection(connection);
    connection->fd = static_cast<ngx_socket_t>(-1);
}

}  // namespace social::loop
