// The half of RedisConnection that hiredis and nginx's events call: see redis_connection.hpp.
#include <sys/socket.h>

#include <memory>
#include <string>
#include <utility>

#include "loop/guard.hpp"
#include "loop/redis_connection.hpp"
#include "loop/redis_tls.hpp"

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
    // No callback comes for an error that is known at once.
    if (context->err != 0 || (node_.tls != nullptr && !node_.tls->secure(*context, node_.name))) {
        redisAsyncFree(context);
        return false;
    }
    context_ = context;
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
    // No client's: worker_shutdown_timeout does not close it.
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

// Forgotten first: hiredis then calls for everything that waits, or, inside of one of its
// callbacks, frees the context later.
void RedisConnection::drop() noexcept {
    redisAsyncContext* context = std::exchange(context_, nullptr);
    connection_ = nullptr;
    ready_ = false;
    listening_ = false;
    connect_deadline_.cancel();
    flush_.cancel();
    if (context != nullptr) {
        context->data = nullptr;
        redisAsyncFree(context);
    }
}

// Connected: everything that this turn of the loop has to say leaves in one write at its end,
// and only what does not fit waits for epoll.
void RedisConnection::on_flush() noexcept {
    if (context_ == nullptr) {
        return;
    }
    const redisAsyncContext* context = context_;
    flushing_ = true;
    redisAsyncHandleWrite(context_);
    if (context_ == context) {
        flushing_ = false;
    }
}

void RedisConnection::on_connected(const redisAsyncContext* context, int status) noexcept {
    RedisConnection* self = owner_of(context);
    if (self == nullptr || status == REDIS_OK) {
        return;
    }
    // hiredis frees the context when this returns.
    guard(ngx_cycle->log, "Redis", [self, context] {
        const std::string_view why(context->c.errstr);
        const std::string text(why.empty() ? "cannot connect" : why);
        self->context_ = nullptr;
        self->end(End::failed, text);
    });
}

void RedisConnection::on_disconnected(const redisAsyncContext* context, int status) noexcept {
    RedisConnection* self = owner_of(context);
    if (self == nullptr) {
        return;
    }
    guard(ngx_cycle->log, "Redis", [self, context, status] {
        // What is no RESP is no server that one connects to again at once.
        const bool garbage = status != REDIS_OK && context->err == REDIS_ERR_PROTOCOL;
        const std::string text(garbage ? "what it sends is no RESP" : "it closed the connection");
        self->context_ = nullptr;
        self->end(garbage ? End::failed : End::closed, text);
    });
}

// hiredis aborts the process at an answer that it has no callback for, so that none may get
// there: neither behind the last one that was asked for, nor when nothing was asked.
void RedisConnection::refuse_unasked() {
    if (context_ == nullptr || awaits_answers()) {
        return;
    }
    const redisReader& reader = *context_->c.reader;
    if (reader.len > reader.pos) {
        end(End::failed, "it answers what was not asked");
    }
}

// TLS has messages of its own at any time.
bool RedisConnection::is_idle() const noexcept {
    return ready_ && !awaits_answers() && node_.tls == nullptr;
}

bool RedisConnection::awaits_answers() const noexcept {
    return entering_ != 0 || !in_flight_.empty();
}

// Not by redisAsyncCommand(): hiredis aborts the process at a message of another form than
// Redis' own, so that its parser alone is used.
void RedisConnection::listen(const redis::Command& words) {
    const std::string wire = words.wire();
    if (redisAppendFormattedCommand(&context_->c, wire.data(), wire.size()) != REDIS_OK) {
        end(End::failed, "no memory");
        return;
    }
    listening_ = true;
    on_add_write(connection_);
}

void RedisConnection::hear_all() {
    if (redisBufferRead(&context_->c) != REDIS_OK) {
        end(End::closed, "it closed the connection");
        return;
    }
    while (context_ != nullptr) {
        void* read = nullptr;
        const bool is_resp = redisReaderGetReply(context_->c.reader, &read) == REDIS_OK;
        if (is_resp && read == nullptr) {
            return;
        }
        const std::unique_ptr<void, decltype(&freeReplyObject)> reply(read, &freeReplyObject);
        if (!is_resp || !hear(*static_cast<const redisReply*>(read))) {
            end(End::failed, "it says what is no message");
        }
    }
}

void RedisConnection::on_readable(ngx_event_t* event) noexcept {
    redisAsyncContext* context = context_of(static_cast<ngx_connection_t*>(event->data));
    RedisConnection* self = owner_of(context);
    if (self != nullptr && self->listening_) {
        guard(ngx_cycle->log, "Redis", [self] { self->hear_all(); });
        return;
    }
    if (self == nullptr || !self->is_idle()) {
        redisAsyncHandleRead(context);
        return;
    }
    // What comes now is the end, or of no use.
    guard(ngx_cycle->log, "Redis", [self] {
        char byte = 0;
        const ssize_t read = ::recv(self->context_->c.fd, &byte, 1, MSG_PEEK);
        if (read > 0) {
            self->end(End::failed, "it answers what was not asked");
        } else if (read == 0 || ngx_socket_errno != NGX_EAGAIN) {
            self->end(End::closed, "it closed the connection");
        }
    });
}

void RedisConnection::on_writable(ngx_event_t* event) noexcept {
    redisAsyncHandleWrite(context_of(static_cast<ngx_connection_t*>(event->data)));
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

void RedisConnection::on_add_write(void* data) noexcept {
    const auto* connection = static_cast<ngx_connection_t*>(data);
    ngx_event_t* event = connection->write;
    if (event->active != 0) {
        return;
    }
    RedisConnection* self = owner_of(context_of(connection));
    if (self != nullptr && self->ready_ && !self->flushing_) {
        self->flush_.post();
        return;
    }
    ngx_add_event(event, NGX_WRITE_EVENT, NGX_LEVEL_EVENT);
}

void RedisConnection::on_delete_write(void* connection) noexcept {
    ngx_event_t* event = static_cast<ngx_connection_t*>(connection)->write;
    if (event->active != 0) {
        ngx_del_event(event, NGX_WRITE_EVENT, 0);
    }
}

// hiredis closes the descriptor behind this.
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
