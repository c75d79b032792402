// The users of the token API: a file of `siteId:email:hash` lines. The hash is in crypt(5) form, as
// mkpasswd(1) prints it.
//
// Made at configuration time and read-only afterwards. The caller computes hashes. For an absent
// user it uses decoy(), so that the response time does not reveal which users exist.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"

namespace social::site {

struct User {
    std::string email;  // in the file's spelling
    std::string hash;
};

struct UserName {
    std::string_view site;
    std::string_view email;

    // Site ids are case-sensitive; addresses ignore ASCII case.
    [[nodiscard]] bool operator==(const UserName& other) const noexcept;
};

class Users {
public:
    // Skips blank lines and lines that begin with "#". Fails with bad_request for a malformed line,
    // a weak or invalid hash, and a repeated user. `detail` has the line's number, never its text.
    [[nodiscard]] static Result<Users> parse(std::string_view file);

    // nullptr: none.
    [[nodiscard]] const User* find(UserName name) const;

    // The hash to compute for an absent user: the first one of the file, or a fixed one. Ignore the
    // result.
    [[nodiscard]] std::string_view decoy() const noexcept { return decoy_; }

    [[nodiscard]] std::size_t size() const noexcept { return users_.size(); }

    // True if a user is of that site. Linear time: only for configuration checks.
    [[nodiscard]] bool has_site(std::string_view site) const noexcept;

private:
    struct UserKey {
        std::string site;
        std::string email;

        // Converts for the transparent hash and comparison.
        // NOLINTNEXTLINE(google-explicit-constructor)
        operator UserName() const noexcept { return {.site = site, .email = email}; }
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(UserName name) const;
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(UserName a, UserName b) const noexcept { return a == b; }
    };

    [[nodiscard]] Result<void> add(std::string_view line);

    std::unordered_map<UserKey, User, Hash, Equal> users_;
    std::string decoy_;
};

}  // namespace social::site
