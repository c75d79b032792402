#include "ngx/envelope.hpp"

#include "base/json.hpp"

namespace social::ngx {

namespace {

std::string text_or_null(const std::optional<std::string_view>& text) {
    return text ? base::json_string(*text) : "null";
}

}  // namespace

std::string to_json(const Envelope& envelope) {
    const std::string code = std::to_string(envelope.status);

    std::string out = R"({"_meta":{"status":"ERROR","count":1},"records":{"errorCode":)";
    out += envelope.code_as_text ? '"' + code + '"' : code;
    out += R"(,"userMessage":)" + base::json_string(envelope.user_message);
    out += R"(,"devMessage":)" + text_or_null(envelope.developer_message);
    out += R"(,"more":)" + text_or_null(envelope.more);
    out += R"(,"applicationCode":)" + text_or_null(envelope.application_code);
    out += "}}";
    return out;
}

}  // namespace social::ngx
