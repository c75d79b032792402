#include "site/users.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.hpp"
#include "base/keyed_hash.hpp"
#include "base/utf8.hpp"
#include "site/password_hash.hpp"

namespace social::site {

namespace {

constexpr std::size_t kMaxEmail = 254;  // RFC 5321 §4.5.3.1.3

// The hash of a discarded random password, for a users file without users.
constexpr std::string_view kDecoy =
    "$y$j9T$PKXc3hCOSyMqdaEQArI62/$AkEEeMcbJEYPtVGWvqKi6xEBSNsPZZpRmYmQyjHTPpB";

std::unexpected<Error> malformed(std::string_view what) {
    return fail(Kind::bad_request, what);
}

bool is_blank(char c) noexcept {
    return c == ' ' || base::is_control(c);
}

bool is_email(std::string_view text) noexcept {
    return !text.empty() && text.size() <= kMaxEmail && base::is_utf8(text);
}

}  // namespace

// Users choose their addresses, so the hash is keyed against collision attacks. It hashes
// lower-case letters to agree with UserName's comparison.
std::size_t Users::Hash::operator()(UserName name) const {
    std::array<char, kMaxEmail> lower;
    const std::string_view email = name.email.substr(0, lower.size());
    std::ranges::transform(email, lower.begin(), base::to_lower);
    return base::keyed_hash(name.site) + 3 * base::keyed_hash({lower.data(), email.size()});
}

bool UserName::operator==(const UserName& other) const noexcept {
    return site == other.site && base::equals_ignoring_case(email, other.email);
}

Result<void> Users::add(std::string_view line) {
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos || line.find(':', second + 1) != std::string_view::npos) {
        return malformed("a line of a users file is siteId:email:hash");
    }
    const auto site = line.substr(0, first);
    const auto email = line.substr(first + 1, second - first - 1);
    const auto hash = line.substr(second + 1);
    if (std::ranges::any_of(line, is_blank)) {
        return malformed("a line of a users file has no blanks: siteId:email:hash");
    }
    if (site.empty() || !is_email(email)) {
        return malformed("a line of a users file needs a site id and an email: siteId:email:hash");
    }
    if (auto good = check_password_hash(hash); !good) {
        return good;
    }
    UserKey key{.site = std::string(site), .email = std::string(email)};
    User user{.email = key.email, .hash = std::string(hash)};
    if (!users_.try_emplace(std::move(key), std::move(user)).second) {
        return malformed("a user is there twice: remove one of the lines");
    }
    return {};
}

Result<Users> Users::parse(std::string_view file) {
    Users users;
    for (std::size_t number = 1; !file.empty(); ++number) {
        const auto end = file.find('\n');
        auto line = file.substr(0, end);
        file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        const auto text = base::trimmed(line);
        if (text.empty() || text.front() == '#') {
            continue;
        }
        if (auto good = users.add(line); !good) {
            good.error().detail = "line " + std::to_string(number);
            return std::unexpected(std::move(good.error()));
        }
        if (users.decoy_.empty()) {
            users.decoy_ = line.substr(line.rfind(':') + 1);
        }
    }
    if (users.decoy_.empty()) {
        users.decoy_ = kDecoy;
    }
    return users;
}

const User* Users::find(UserName name) const {
    const auto found = users_.find(name);
    return found == users_.end() ? nullptr : &found->second;
}

bool Users::has_site(std::string_view site) const noexcept {
    return std::ranges::any_of(users_,
                               [site](const auto& user) { return user.first.site == site; });
}

}  // namespace social::site
