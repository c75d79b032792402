// One command to Redis, built in the form that goes over the wire: a RESP array of bulk
// strings, so that no byte of a value is ever taken for something else.
//
//     Command command("SET");
//     command.key(name).with(value).with("PX").with(milliseconds);
//
// The first key decides which node of a cluster gets it.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "redis/script.hpp"

namespace social::redis {

class Command {
public:
    explicit Command(std::string_view name);

    // EVALSHA; `keys` key() calls must follow, then the arguments.
    Command(const Script& script, std::size_t keys);

    // An argument, any bytes.
    Command& with(std::string_view word);

    template <std::integral Number>
    Command& with(Number number) {
        std::array<char, std::numeric_limits<Number>::digits10 + 2> text;
        const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
        return with(std::string_view(text.data(), end));
    }

    // An argument that is a key.
    Command& key(std::string_view key);

    // Says that it may be sent a second time when the first answer is lost: what it does, it
    // does once. Reads are, and what overwrites; a counter is not.
    Command& repeatable() noexcept {
        repeatable_ = true;
        return *this;
    }
    [[nodiscard]] bool is_repeatable() const noexcept { return repeatable_; }

    // Says that replicas must have it before it counts as done, where that is configured.
    Command& durable() noexcept {
        durable_ = true;
        return *this;
    }
    [[nodiscard]] bool is_durable() const noexcept { return durable_; }

    // The first key; "" for a command without one, which any node may answer.
    [[nodiscard]] std::string_view first_key() const noexcept {
        return std::string_view(text_).substr(key_at_, key_size_);
    }

    // As it is sent, until it is changed or ends; that of a script by its source, for a node that
    // answered NOSCRIPT.
    [[nodiscard]] std::string_view wire() const noexcept {
        return std::string_view(text_).substr(begin_);
    }
    [[nodiscard]] std::string wire_with_source() const;
    [[nodiscard]] bool runs_script() const noexcept { return script_ != nullptr; }

private:
    // Room for how many words there are, and the words, each as $size, CR LF, bytes, CR LF.
    std::string text_;
    std::size_t begin_ = 0;  // of what is sent
    std::size_t count_ = 0;
    std::size_t key_at_ = 0;
    std::size_t key_size_ = 0;
    std::size_t behind_script_ = 0;  // where the words behind EVALSHA and its digest begin
    const Script* script_ = nullptr;
    bool repeatable_ = false;
    bool durable_ = false;
};

}  // namespace social::redis
