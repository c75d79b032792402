#include "redis/command.hpp"

namespace social::redis {

namespace {

constexpr std::string_view kEnd = "\r\n";

void append_word(std::string& out, std::string_view word) {
    out += '$';
    out += std::to_string(word.size());
    out += kEnd;
    out += word;
    out += kEnd;
}

std::string array_of(std::size_t count) {
    std::string out = "*" + std::to_string(count);
    out += kEnd;
    return out;
}

}  // namespace

Command::Command(const Script& script, std::size_t keys) : script_(&script) {
    with("EVALSHA");
    with(script.sha1());
    behind_script_ = words_.size();
    with(keys);
}

Command& Command::with(std::string_view word) {
    append_word(words_, word);
    ++count_;
    return *this;
}

Command& Command::key(std::string_view key) {
    with(key);
    if (key_size_ == 0) {
        key_size_ = key.size();
        key_at_ = words_.size() - kEnd.size() - key.size();
    }
    return *this;
}

std::string Command::wire() const {
    return array_of(count_) + words_;
}

std::string Command::wire_with_source() const {
    std::string out = array_of(count_);
    append_word(out, "EVAL");
    append_word(out, script_->source());
    out.append(words_, behind_script_);
    return out;
}

}  // namespace social::redis
