// What an endpoint wants to be sent, as a value. Endpoints compute it; only
// request/respond.cpp writes to a request.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace social::ngx {

inline constexpr std::string_view kJson = "application/json; charset=utf-8";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";

// A text that others have, too.
using SharedText = std::shared_ptr<const std::string>;

struct AnswerHeader {
    std::string_view name;  // static storage
    std::string value;      // no CR, LF or NUL
};

class Answer {
public:
    explicit Answer(int code) : status(code) {}
    Answer(int code, std::string_view type, std::string text)
        : status(code), content_type(type), body(std::move(text)) {}
    Answer(int code, std::string_view type, SharedText text)
        : status(code), content_type(type), shared_body(std::move(text)) {}

    [[nodiscard]] std::string_view text() const noexcept {
        return shared_body != nullptr ? *shared_body : body;
    }

    int status;
    std::string_view content_type;      // static storage; empty: no body
    std::string body;                   // may hold tokens, as the next
    SharedText shared_body;             // in place of `body`, where it is there
    std::string_view challenge;         // WWW-Authenticate; static storage; empty: none
    std::vector<AnswerHeader> headers;  // beside those that every answer gets
};

// 302. `location` is absolute and was composed by us; it may hold a session id.
[[nodiscard]] Answer redirect_to(std::string location);

}  // namespace social::ngx
