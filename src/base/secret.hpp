// A string that is wiped when it dies, does not print, and compares in constant
// time: client secrets, provider tokens, keys, session ids, state.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace social::base {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string_view text) : text_(text) {}
    explicit Secret(const char* text) : text_(text) {}
    // Leaves nothing of it behind.
    explicit Secret(std::string&& text) noexcept;
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    // The name is long so that every place that lets a secret out can be found.
    [[nodiscard]] std::string_view reveal() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    // Takes the same time for every content of one length.
    [[nodiscard]] bool equals(std::string_view other) const noexcept;

private:
    std::string text_;
};

// Overwrites the bytes of `text`, also those past size(), and empties it.
void wipe(std::string& text) noexcept;

// Overwrites `bytes`.
void wipe(std::span<char> bytes) noexcept;

// True when both are equal; time depends on the lengths alone.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace social::base
