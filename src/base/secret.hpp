// A string that is wiped on destruction, is not printable, and compares in constant time. For
// client secrets, provider tokens, keys, session ids and state.
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
    // Wipes `text`.
    explicit Secret(std::string&& text) noexcept;
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept;
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    // The name is easy to search for. The view lives as long as the value.
    [[nodiscard]] std::string_view reveal() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    // The time depends on the lengths alone.
    [[nodiscard]] bool equals(std::string_view other) const noexcept;

private:
    std::string text_;
};

// Overwrites the bytes of `text`, also those beyond size(), and empties it.
void wipe(std::string& text) noexcept;

// Appends to `text`, and wipes the old buffer on reallocation. Throws std::bad_alloc; `text` is
// unchanged then.
void append_wiping(std::string& text, std::string_view more);

// Overwrites `bytes`.
void wipe(std::span<char> bytes) noexcept;

// Returns true if both are equal. The time depends on the lengths alone.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b) noexcept;

}  // namespace social::base
