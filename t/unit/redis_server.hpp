// A redis-server for the tests of the stores and their scripts: one for the whole program, on a
// loopback port that it picks, without a file on disk. It is ended by its pid; the kernel ends it
// where the program crashes.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "coro/result_task.hpp"
#include "flow/redis.hpp"
#include "flow_driver.hpp"
#include "redis/error_kind.hpp"

namespace social::test {

class FileDescriptor {
public:
    explicit FileDescriptor(int number) : number_(number) {
        if (number_ < 0) {
            throw std::system_error(errno, std::generic_category(), "no descriptor");
        }
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;
    ~FileDescriptor() { ::close(number_); }
    [[nodiscard]] int number() const noexcept { return number_; }

private:
    int number_;
};

inline sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// A blocking connection that reads RESP2.
class RedisSocket {
public:
    explicit RedisSocket(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        const sockaddr_in address = loopback(port);
        if (::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&address),
                      sizeof(address)) != 0) {
            throw std::system_error(errno, std::generic_category(), "connect");
        }
    }

    redis::Reply call(std::string_view wire) {
        while (!wire.empty()) {
            const ssize_t sent = ::send(socket_.number(), wire.data(), wire.size(), MSG_NOSIGNAL);
            if (sent <= 0) {
                throw std::system_error(errno, std::generic_category(), "send");
            }
            wire.remove_prefix(static_cast<std::size_t>(sent));
        }
        return read_reply();
    }

private:
    redis::Reply read_reply() {
        using Type = redis::Reply::Type;
        const std::string line = take_line();
        redis::Reply reply;
        reply.text = line.substr(1);
        switch (line.front()) {
            case '+':
                reply.type = Type::status;
                break;
            case '-':
                reply.type = Type::error;
                break;
            case ':':
                reply.type = Type::integer;
                reply.integer = std::stoll(std::exchange(reply.text, {}));
                break;
            case '$': {
                const auto size = std::stoll(std::exchange(reply.text, {}));
                if (size >= 0) {
                    reply.type = Type::text;
                    reply.text = take(static_cast<std::size_t>(size));
                    static_cast<void>(take(2));
                }
                break;
            }
            case '*': {
                const auto size = std::stoll(std::exchange(reply.text, {}));
                reply.type = size >= 0 ? Type::array : Type::nil;
                for (long long i = 0; i < size; ++i) {
                    reply.elements.push_back(read_reply());
                }
                break;
            }
            default:
                throw std::runtime_error("no RESP2: " + line);
        }
        return reply;
    }

    std::string take_line() {
        std::size_t end = 0;
        while ((end = buffer_.find("\r\n")) == std::string::npos) {
            fill();
        }
        std::string line = take(end + 2);
        line.resize(end);
        return line;
    }
    std::string take(std::size_t size) {
        while (buffer_.size() < size) {
            fill();
        }
        std::string taken = buffer_.substr(0, size);
        buffer_.erase(0, size);
        return taken;
    }
    void fill() {
        char bytes[4096];
        const ssize_t got = ::recv(socket_.number(), bytes, sizeof(bytes), 0);
        if (got <= 0) {
            throw std::system_error(errno, std::generic_category(), "recv");
        }
        buffer_.append(bytes, static_cast<std::size_t>(got));
    }

    FileDescriptor socket_;
    std::string buffer_;
};

class RedisServer {
public:
    [[nodiscard]] static RedisServer& of_process() {
        static RedisServer server;
        return server;
    }
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;
    ~RedisServer() { end(); }

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

private:
    RedisServer() {
        // Below the ports of outgoing connections; another process may take one in between.
        const auto first = static_cast<std::uint16_t>(10'000 + ::getpid() * 37 % 20'000);
        for (std::uint16_t step = 0; step < 50; ++step) {
            port_ = static_cast<std::uint16_t>(first + step);
            if (is_free(port_) && start()) {
                return;
            }
        }
        throw std::runtime_error("redis-server does not start");
    }

    static bool is_free(std::uint16_t port) {
        const FileDescriptor probe(::socket(AF_INET, SOCK_STREAM, 0));
        const sockaddr_in address = loopback(port);
        return ::bind(probe.number(), reinterpret_cast<const sockaddr*>(&address),
                      sizeof(address)) == 0;
    }

    // True when this very process answers: its pid is in what it says of itself.
    bool start() {
        const pid_t parent = ::getpid();
        pid_ = ::fork();
        if (pid_ == 0) {
            run_server(parent);
        }
        for (int tries = 0; tries < 500 && ::waitpid(pid_, nullptr, WNOHANG) == 0; ++tries) {
            try {
                const auto about = RedisSocket(port_).call("INFO server\r\n");
                if (about.text.find("process_id:" + std::to_string(pid_) + "\r") !=
                    std::string::npos) {
                    return true;
                }
            } catch (const std::system_error&) {
                // Not listening yet.
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        end();
        return false;
    }

    [[noreturn]] void run_server(pid_t parent) const {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int nowhere = ::open("/dev/null", O_RDWR);
        ::dup2(nowhere, STDIN_FILENO);
        ::dup2(nowhere, STDOUT_FILENO);
        ::dup2(nowhere, STDERR_FILENO);
        const std::string port = std::to_string(port_);
        if (::getppid() == parent && ::chdir("/tmp") == 0) {
            ::execlp("redis-server", "redis-server", "--port", port.c_str(), "--bind", "127.0.0.1",
                     "--save", "", "--appendonly", "no", nullptr);
        }
        ::_exit(127);
    }

    void end() noexcept {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
            pid_ = -1;
        }
    }

    std::uint16_t port_ = 0;
    pid_t pid_ = -1;
};

// flow::Redis over such a server, without waiting for anything but the answer. As the adapter of
// loop/ does, it sends a script by its digest, then by its source, and turns an error of Redis
// about itself into a Failure. An empty database for each test.
class TestRedis final : public flow::Redis {
public:
    TestRedis() : socket_(RedisServer::of_process().port()) { ask({"FLUSHALL"}); }

    flow::Task<redis::Reply> call(redis::Command command) override {
        commands.push_back(command);
        if (before_call) {
            std::exchange(before_call, nullptr)();
        }
        redis::Reply reply = socket_.call(command.wire());
        if (reply.error_code() == "NOSCRIPT") {
            reply = socket_.call(command.wire_with_source());
        }
        if (redis::classify_error(reply) != redis::ErrorKind::none) {
            throw flow::Failure(Error{Kind::store_unavailable, "down", reply.text});
        }
        co_return reply;
    }

    // For what a test wants to know or to arrange besides.
    redis::Reply ask(const std::vector<std::string>& words) {
        redis::Command command(words.front());
        for (std::size_t i = 1; i < words.size(); ++i) {
            command.with(words[i]);
        }
        return socket_.call(command.wire());
    }
    [[nodiscard]] std::int64_t number(const std::vector<std::string>& words) {
        const redis::Reply reply = ask(words);
        if (!reply.is_integer()) {
            throw std::runtime_error(words.front() + " gave no number: " + reply.text);
        }
        return reply.integer;
    }
    // Milliseconds that a key has left.
    [[nodiscard]] std::int64_t life_of(const std::string& key) { return number({"PTTL", key}); }

    std::vector<redis::Command> commands;  // all that call() was given
    std::function<void()> before_call;     // once, in front of the next one

private:
    RedisSocket socket_;
};

}  // namespace social::test
