// One Redis command in its wire format: a RESP array of bulk strings. Lengths precede all bytes, so
// no value can inject a command.
//
//     Command command("SET");
//     command.key(name).with(value).with("PX").with(milliseconds);
//
// The first key selects the node of a cluster.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace social::redis {

// A Lua script, which Redis runs atomically. Objects have static storage, since commands refer to
// them. A node that replies NOSCRIPT receives the source.
class Script {
public:
    // `source` accesses no keys but KEYS, and all KEYS are in one slot.
    explicit Script(std::string source);

    [[nodiscard]] std::string_view source() const noexcept { return source_; }
    // SHA-1 of the source in lower-case hex, the first argument of EVALSHA.
    [[nodiscard]] std::string_view sha1() const noexcept { return sha1_; }

private:
    std::string source_;
    std::string sha1_;
};

class Command {
public:
    explicit Command(std::string_view name);

    // EVALSHA. Call key() `keys` times, then with() for the arguments. `script` must outlive the
    // command.
    Command(const Script& script, std::size_t keys);

    // Appends an argument of any bytes.
    Command& with(std::string_view word);

    template <std::integral Number>
    Command& with(Number number) {
        std::array<char, std::numeric_limits<Number>::digits10 + 2> text;
        const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
        return with(std::string_view(text.data(), end));
    }

    // Appends a key.
    Command& key(std::string_view key);

    // Marks the command as idempotent: it is sent again if the connection is lost before the reply.
    // Reads and overwrites are idempotent; increments are not.
    Command& repeatable() noexcept {
        repeatable_ = true;
        return *this;
    }
    [[nodiscard]] bool is_repeatable() const noexcept { return repeatable_; }

    // Waits for replication to replicas (WAIT), if that is configured.
    Command& durable() noexcept {
        durable_ = true;
        return *this;
    }
    [[nodiscard]] bool is_durable() const noexcept { return durable_; }

    // The first key. "": a command without keys, which any node can execute.
    [[nodiscard]] std::string_view first_key() const noexcept {
        return std::string_view(text_).substr(key_at_, key_size_);
    }

    // The bytes to send. The view is valid until the command is changed or destroyed.
    [[nodiscard]] std::string_view wire() const noexcept {
        return std::string_view(text_).substr(begin_);
    }
    // The same as EVAL with the script's source, after NOSCRIPT. Precondition: runs_script().
    [[nodiscard]] std::string wire_with_source() const;
    [[nodiscard]] bool runs_script() const noexcept { return script_ != nullptr; }

private:
    // Room for the array header, then the arguments, each as $size, CR LF, bytes, CR LF.
    std::string text_;
    std::size_t begin_ = 0;  // of the bytes to send
    std::size_t count_ = 0;
    std::size_t key_at_ = 0;
    std::size_t key_size_ = 0;
    std::size_t behind_script_ = 0;  // begin of the arguments after EVALSHA and the SHA-1
    const Script* script_ = nullptr;
    bool repeatable_ = false;
    bool durable_ = false;
};

}  // namespace social::redis
