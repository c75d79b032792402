// The logged request line. Octet 1 of the input is replaced by a session id. Octet 2 is replaced by
// one with an escaped first character. Neither appears in the log.
#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "fuzz.hpp"
#include "session/redaction.hpp"
#include "session/session_id.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

const std::string& id() {
    static const std::string made = session::make_session_id({}, keyring()).text;
    return made;
}

std::string with_ids(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == 1) {
            out += id();
        } else if (c == 2) {
            const auto first = static_cast<std::uint8_t>(id().front());
            constexpr std::string_view kDigits = "0123456789abcdef";
            out += {'%', kDigits[first >> 4], kDigits[first & 15]};
            out += id().substr(1);
        } else {
            out += c;
        }
    }
    return out;
}

// Escapes are decoded once; malformed ones are kept.
std::string decoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto octet = base::leading_escape(text);
        out += octet.value_or(text.front());
        text.remove_prefix(octet ? 3 : 1);
    }
    return out;
}

// Only redirectUrl keeps a value.
void check_query(std::string_view query) {
    while (!query.empty()) {
        const std::string_view piece = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(piece.size() + 1, query.size()));
        const bool kept = piece.starts_with("redirectUrl=");
        const std::size_t equals = piece.find('=');
        const auto value = equals == std::string_view::npos ? piece : piece.substr(equals + 1);
        require(kept ? value.find_first_of("?#") == std::string_view::npos : value == "*");
    }
}

void check_path(const std::string& path) {
    require(!path.contains(id()));
    constexpr std::string_view kSession = "/session/";
    const std::size_t session = base::lowered(path).find(kSession);
    if (session != std::string::npos) {
        const std::string behind = path.substr(session + kSession.size());
        require(behind.empty() || behind == "*");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::string_view kMethod = "GET ";
    constexpr std::string_view kProtocol = " HTTP/1.1";
    const std::string target = "/" + with_ids(text_of(data, size));
    std::string line(kMethod);
    line += target;
    line += kProtocol;
    const std::string redacted = session::redacted_request_line(line);
    require(redacted.starts_with(kMethod) && redacted.ends_with(kProtocol));
    require(session::redacted_request_line(redacted) == redacted);

    const std::string_view shown = std::string_view(redacted).substr(
        kMethod.size(), redacted.size() - kMethod.size() - kProtocol.size());
    const std::size_t question = shown.find('?');
    require((question == std::string_view::npos) == !target.contains('?'));
    check_path(decoded(shown.substr(0, question)));
    if (question != std::string_view::npos) {
        check_query(shown.substr(question + 1));
    }
    // A malformed line is redacted as a target.
    const std::string alone = session::redacted_request_line(target);
    require(!decoded(alone.substr(0, alone.find('?'))).contains(id()));
    return 0;
}
