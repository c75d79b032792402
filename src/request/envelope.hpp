// The error envelope of the API: fixed members in a fixed order, byte for byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace social::ngx {

struct Envelope {
    int status = 500;
    bool code_as_text = false;  // errorCode as a JSON string
    std::string_view user_message;
    std::optional<std::string_view> developer_message;  // absent: null
    std::optional<std::string_view> more;
    std::optional<std::string_view> application_code;
};

[[nodiscard]] std::string to_json(const Envelope& envelope);

// RFC 6585 §5. nginx sends 400 for its own code 494.
inline constexpr int kHeaderTooLarge = 431;

// userMessage of an error that nginx itself detected. Static storage.
[[nodiscard]] std::string_view message_of_status(int status) noexcept;

}  // namespace social::ngx
