#include "site/quota_fields.hpp"

#include <algorithm>

namespace social::site {

namespace {

// An item of a structured field (RFC 9651 §3.3): the quoted name of the policy.
std::string quoted(std::string_view site) {
    return '"' + std::string(site) + '"';
}

std::string seconds(std::int64_t number) {
    return std::to_string(std::max<std::int64_t>(number, 0));
}

}  // namespace

std::string rate_limit_policy(const QuotaReading& reading) {
    return quoted(reading.site) + ";q=" + std::to_string(reading.limit) +
           ";w=" + seconds(reading.length);
}

std::string rate_limit(const QuotaReading& reading) {
    return quoted(reading.site) + ";r=" + std::to_string(reading.remaining) +
           ";t=" + seconds(reading.reset);
}

}  // namespace social::site
