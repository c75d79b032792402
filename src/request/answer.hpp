// The response of an endpoint, as a value. Only request/respond.cpp writes to a request.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace social::ngx {

inline constexpr std::string_view kJson = "application/json; charset=utf-8";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";

// A body with several owners, for example a cached session.
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
    std::string body;                   // may hold tokens, as shared_body may
    SharedText shared_body;             // replaces `body` unless nullptr
    std::string_view challenge;         // WWW-Authenticate; static storage; empty: none
    std::vector<AnswerHeader> headers;  // in addition to those of set_headers()
};

// 302 (RFC 9110 §15.4.3). `location` is an absolute URL that this module composed. It may hold a
// session id.
[[nodiscard]] Answer redirect_to(std::string location);

}  // namespace social::ngx
