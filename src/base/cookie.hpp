// The cookies of a request (RFC 6265 §4.2, §5.4): used to find the gateway's own
// ones by name or by prefix.
//
// Tolerant of other people's cookies and safe for us: what is no cookie pair is
// skipped, and a header with more than kMaxCookies pairs is read no further. Views point
// into the header.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/occurrence.hpp"

namespace social::base {

inline constexpr std::size_t kMaxCookies = 256;  // over all headers of a request

struct Cookie {
    std::string_view name;
    std::string_view value;  // quotes, if any, are a part of it
};

class Cookies {
public:
    Cookies() = default;
    explicit Cookies(std::string_view header) { add(header); }

    // One more Cookie header: HTTP/2 may split it (RFC 9113 §8.2.3).
    void add(std::string_view header);

    // Told apart from `once`, because a cookie set by a sibling host arrives beside
    // ours under one name (RFC 6265 §8.6).
    [[nodiscard]] Found find(std::string_view name) const noexcept {
        return find_by_name(cookies_, name);
    }

    // In the order of the request.
    [[nodiscard]] std::vector<Cookie> with_prefix(std::string_view prefix) const;

    [[nodiscard]] std::size_t size() const noexcept { return cookies_.size(); }

private:
    std::vector<Cookie> cookies_;
};

}  // namespace social::base
