// Session ids and confirmation codes of data deletions from URLs. The input is a text, and changes
// to a valid id and code. Only the unchanged text opens.
#include <algorithm>
#include <string>

#include "fuzz.hpp"
#include "session/deletion_code.hpp"
#include "session/session_id.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

// A pair of octets is a position in the text and an increment of its character. A position beyond
// the end inserts a character, one from 200 on removes one.
std::string changed(std::string text, std::string_view changes) {
    while (changes.size() >= 2) {
        const std::size_t at = take_octet(changes);
        const std::uint8_t by = take_octet(changes);
        if (at < text.size()) {
            text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) + by);
        } else if (at < 200) {
            text.insert(at % (text.size() + 1), 1, static_cast<char>(by));
        } else if (!text.empty()) {
            text.erase(by % text.size(), 1);
        }
    }
    return text;
}

void check_id(const session::Reference& reference, std::string_view changes) {
    const session::SessionId id = session::make_session_id(reference, keyring());
    require(id.text.size() == session::kIdLength && id.inner.size() == 69);
    require(session::open_session_id(id.text, keyring()) == reference);
    const std::string other = changed(id.text, changes);
    if (other != id.text) {
        require(!session::open_session_id(other, keyring()));
    }
}

void check_code(std::int64_t at, std::string_view changes) {
    const std::string code =
        session::make_deletion_code({.provider = "facebook", .at = at}, keyring());
    require(session::open_deletion_code(code, "facebook", keyring()) == at);
    require(!session::open_deletion_code(code, "instagraph", keyring()));
    // Hexadecimal digits are case-insensitive.
    const std::string other = changed(code, changes);
    const auto lower = [](unsigned char c) { return c >= 'A' && c <= 'F' ? c + 32 : c; };
    if (!std::ranges::equal(other, code, {}, lower, lower)) {
        require(!session::open_deletion_code(other, "facebook", keyring()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    require(!session::open_session_id(text, keyring()));
    require(!session::open_deletion_code(text, "facebook", keyring()));

    session::Reference reference{};
    const std::size_t taken = std::min(size, reference.size());
    std::copy_n(data, taken, reference.begin());
    const std::string_view changes = text.substr(taken);
    check_id(reference, changes);
    check_code(static_cast<std::int64_t>(size), changes);
    return 0;
}
