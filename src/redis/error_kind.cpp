#include "redis/error_kind.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace social::redis {

namespace {

struct Named {
    std::string_view code;
    ErrorKind trouble;
};
constexpr Named kTroubles[] = {
    {"MOVED", ErrorKind::moved},          {"ASK", ErrorKind::ask},
    {"TRYAGAIN", ErrorKind::try_again},   {"CLUSTERDOWN", ErrorKind::cluster_down},
    {"READONLY", ErrorKind::not_primary}, {"MASTERDOWN", ErrorKind::not_primary},
    {"NOAUTH", ErrorKind::refused},       {"WRONGPASS", ErrorKind::refused},
    {"NOPERM", ErrorKind::refused},       {"NOSCRIPT", ErrorKind::no_script},
    {"LOADING", ErrorKind::unable},       {"BUSY", ErrorKind::unable},
    {"OOM", ErrorKind::unable},           {"MISCONF", ErrorKind::unable},
    {"NOREPLICAS", ErrorKind::unable},    {"UNBLOCKED", ErrorKind::not_primary},
};
constexpr std::uint16_t kSlots = 16384;

}  // namespace

ErrorKind classify_error(const Reply& reply) noexcept {
    const std::string_view code = reply.error_code();
    const auto* found = std::ranges::find(kTroubles, code, &Named::code);
    return code.empty() || found == std::end(kTroubles) ? ErrorKind::none : found->trouble;
}

std::optional<Redirection> redirection(const Reply& reply, const Address& answered) {
    std::string_view text = reply.text;
    const std::size_t first = text.find(' ');
    const std::size_t second = first == std::string_view::npos ? first : text.find(' ', first + 1);
    if (second == std::string_view::npos) {
        return std::nullopt;
    }
    Redirection to;
    const char* end = text.data() + second;
    const auto [read, error] = std::from_chars(text.data() + first + 1, end, to.slot);
    if (error != std::errc{} || read != end || to.slot >= kSlots) {
        return std::nullopt;
    }
    text.remove_prefix(second + 1);
    const std::string whole =
        text.rfind(':') == 0 ? answered.host + std::string(text) : std::string(text);
    Result<Address> address = parse_address(whole, kPort);
    if (!address) {
        return std::nullopt;
    }
    to.address = std::move(*address);
    return to;
}

}  // namespace social::redis
