#include "redis/command.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "crypto/digest.hpp"

namespace social::redis {

namespace {

constexpr std::string_view kEnd = "\r\n";

// The header of a RESP array or bulk string: '*' or '$', a number, CR LF.
class Head {
public:
    Head(char kind, std::size_t number) noexcept {
        text_[0] = kind;
        char* end = std::to_chars(text_.data() + 1, text_.data() + kSize, number).ptr;
        end = std::ranges::copy(kEnd, end).out;
        size_ = static_cast<std::size_t>(end - text_.data());
    }
    [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), size_}; }

    static constexpr std::size_t kSize = 1 + std::numeric_limits<std::size_t>::digits10 + 1 + 2;

private:
    std::array<char, kSize> text_;
    std::size_t size_ = 0;
};

// Bytes; enough for most commands with one key.
constexpr std::size_t kUsualSize = 160;

void append_word(std::string& out, std::string_view word) {
    out += Head('$', word.size()).text();
    out += word;
    out += kEnd;
}

}  // namespace

Script::Script(std::string source)
    : source_(std::move(source)), sha1_(crypto::hex(crypto::sha1(source_))) {}

Command::Command(std::string_view name) {
    text_.reserve(kUsualSize);
    text_.resize(Head::kSize);
    with(name);
}

Command::Command(const Script& script, std::size_t keys) : Command("EVALSHA") {
    script_ = &script;
    with(script.sha1());
    behind_script_ = text_.size();
    with(keys);
}

Command& Command::with(std::string_view word) {
    append_word(text_, word);
    const Head head('*', ++count_);
    begin_ = Head::kSize - head.text().size();
    std::ranges::copy(head.text(), text_.begin() + static_cast<std::ptrdiff_t>(begin_));
    return *this;
}

Command& Command::key(std::string_view key) {
    with(key);
    if (key_size_ == 0) {
        key_size_ = key.size();
        key_at_ = text_.size() - kEnd.size() - key.size();
    }
    return *this;
}

std::string Command::wire_with_source() const {
    std::string out(Head('*', count_).text());
    append_word(out, "EVAL");
    append_word(out, script_->source());
    out.append(text_, behind_script_);
    return out;
}

}  // namespace social::redis
