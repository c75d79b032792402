#include "request/envelope.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"

namespace social::ngx {

namespace {

void append_text_or_null(std::string& out, const std::optional<std::string_view>& text) {
    if (text) {
        out += base::json_string(*text);
    } else {
        out += "null";
    }
}

struct StatusText {
    int status;
    std::string_view text;
};

constexpr std::array kStatusTexts{
    StatusText{400, "Bad request"},
    StatusText{401, "Authorization required"},
    StatusText{403, "Forbidden"},
    StatusText{404, "Not found"},
    StatusText{405, "Method not allowed"},
    StatusText{408, "Request timeout"},
    StatusText{411, "Length required"},
    StatusText{412, "Precondition failed"},
    StatusText{413, "Request body too large"},
    StatusText{414, "Request URI too long"},
    StatusText{415, "Unsupported media type"},
    StatusText{416, "Range not satisfiable"},
    StatusText{421, "Misdirected request"},
    StatusText{429, "Too many requests, please try again later"},
    StatusText{kHeaderTooLarge, "Request header too large"},
    StatusText{500, "Internal server error"},
    StatusText{501, "Not implemented"},
    StatusText{502, "Bad gateway"},
    StatusText{503, "Service unavailable, please try again"},
    StatusText{504, "Gateway timeout"},
    StatusText{505, "HTTP version not supported"},
};

}  // namespace

std::string_view message_of_status(int status) noexcept {
    const auto* found = std::ranges::find(kStatusTexts, status, &StatusText::status);
    if (found != kStatusTexts.end()) {
        return found->text;
    }
    return status < 500 ? "Request refused" : "Server error";
}

std::string to_json(const Envelope& envelope) {
    constexpr std::size_t kUsual = 256;  // bytes
    std::string out;
    out.reserve(kUsual);
    out += R"({"_meta":{"status":"ERROR","count":1},"records":{"errorCode":)";
    const std::string_view quote = envelope.code_as_text ? "\"" : "";
    out += quote;
    out += std::to_string(envelope.status);
    out += quote;
    out += R"(,"userMessage":)";
    out += base::json_string(envelope.user_message);
    out += R"(,"devMessage":)";
    append_text_or_null(out, envelope.developer_message);
    out += R"(,"more":)";
    append_text_or_null(out, envelope.more);
    out += R"(,"applicationCode":)";
    append_text_or_null(out, envelope.application_code);
    out += "}}";
    return out;
}

}  // namespace social::ngx
