// A Lua script that Redis runs in one step. Objects have static storage: commands refer to
// them, and a node that does not know the script yet is sent its source.
#pragma once

#include <string>
#include <string_view>

namespace social::redis {

class Script {
public:
    // `source` touches no other keys than KEYS, all of one slot.
    explicit Script(std::string source);

    [[nodiscard]] std::string_view source() const noexcept { return source_; }
    // SHA-1 of the source in lower-case hex, as EVALSHA wants it.
    [[nodiscard]] std::string_view sha1() const noexcept { return sha1_; }

private:
    std::string source_;
    std::string sha1_;
};

}  // namespace social::redis
