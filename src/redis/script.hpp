// A Lua script, which Redis runs atomically. Objects have static storage, since commands refer to
// them. A node that replies NOSCRIPT receives the source.
#pragma once

#include <string>
#include <string_view>

namespace social::redis {

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

}  // namespace social::redis
