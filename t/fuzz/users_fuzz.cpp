// The users file of a site. Each accepted line is found again, whatever the case of its address;
// crypt(3) knows the method of each accepted hash; a message names a line and quotes nothing.
#include <crypt.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "fuzz.hpp"
#include "site/users.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

std::string upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return out;
}

void check_line(const site::Users& users, std::string_view line) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    const auto id = line.substr(0, first);
    const auto email = line.substr(first + 1, second - first - 1);
    const auto hash = line.substr(second + 1);
    for (const std::string& spelling : {std::string(email), base::lowered(email), upper(email)}) {
        const site::User* user = users.find({.site = id, .email = spelling});
        require(user != nullptr && user->email == email && user->hash == hash);
    }
    require(users.find({.site = upper(id) + "x", .email = email}) == nullptr ||
            std::string_view(upper(id) + "x") != id);
    const int method = ::crypt_checksalt(std::string(hash).c_str());
    require(method == CRYPT_SALT_OK || method == CRYPT_SALT_METHOD_LEGACY);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file = text_of(data, size);
    const auto users = site::Users::parse(file);
    if (!users) {
        require(users.error().kind == Kind::bad_request);
        const std::string& detail = users.error().detail;
        require(detail.starts_with("line ") && detail.size() > 5);
        require(std::ranges::all_of(detail.substr(5), base::is_digit));
        return 0;
    }
    std::size_t lines = 0;
    for (std::string_view rest = file; !rest.empty();) {
        std::string_view line = take_line(rest);
        line.remove_suffix(line.ends_with('\r') ? 1 : 0);
        if (!base::trimmed(line).empty() && !base::trimmed(line).starts_with('#')) {
            check_line(*users, line);
            ++lines;
        }
    }
    require(users->size() == lines);
    require(::crypt_checksalt(std::string(users->decoy()).c_str()) != CRYPT_SALT_INVALID);
    return 0;
}
