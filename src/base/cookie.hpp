// Parses the Cookie headers of a request (RFC 6265 §4.2, §5.4) and finds cookies by name or prefix.
//
// Malformed pairs are skipped, since other applications of the host set cookies too. At most
// kMaxCookies pairs are kept. All views point into the headers.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/occurrence.hpp"

namespace social::base {

inline constexpr std::size_t kMaxCookies = 256;  // pairs of all Cookie headers of a request

struct Cookie {
    std::string_view name;
    std::string_view value;  // includes the quotes, if any
};

class Cookies {
public:
    Cookies() = default;
    explicit Cookies(std::string_view header) { add(header); }

    // Adds one Cookie header: HTTP/2 may split it (RFC 9113 §8.2.3).
    void add(std::string_view header);

    // `repeated` is a result: a sibling host can set a second cookie of the same name (RFC 6265
    // §8.6).
    [[nodiscard]] Found find(std::string_view name) const noexcept {
        return find_by_name(cookies_, name);
    }

    // Returns the cookies in the order of the request.
    [[nodiscard]] std::vector<Cookie> with_prefix(std::string_view prefix) const;

    [[nodiscard]] std::size_t size() const noexcept { return cookies_.size(); }

private:
    std::vector<Cookie> cookies_;
};

}  // namespace social::base
