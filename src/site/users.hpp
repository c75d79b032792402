// The users of the token API: a file of `siteId:email:hash` lines, the hash in
// crypt(5) form as mkpasswd(1) makes it.
//
// Read at configuration time and read-only after that. Nothing here computes a
// hash; whoever does takes decoy() where there is no such user, so that the answer
// takes the same time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"

namespace social::site {

struct User {
    std::string email;  // as the file has it
    std::string hash;
};

struct UserName {
    std::string_view site;
    std::string_view email;
};

class Users {
public:
    // Blank lines and lines that begin with "#" are skipped. bad_request with the
    // line's number in detail (never what the line says) for a malformed line, a
    // hash that is too weak or none, and a user who is there twice.
    [[nodiscard]] static Result<Users> parse(std::string_view file);

    // Site ids are compared octet by octet, addresses without regard to ASCII case.
    [[nodiscard]] const User* find(UserName name) const;

    // A hash to compute for a user who is not there: the first one of the file. Whether
    // the password fits it says nothing: the user stays unknown.
    [[nodiscard]] std::string_view decoy() const noexcept { return decoy_; }

    [[nodiscard]] std::size_t size() const noexcept { return users_.size(); }

    // Whether a line is for that site. Looks at every line: for `nginx -t` alone.
    [[nodiscard]] bool has_site(std::string_view site) const noexcept;

private:
    struct Key {
        std::string site;
        std::string email;

        // A key is found by the name that it is the copy of.
        // NOLINTNEXTLINE(google-explicit-constructor)
        operator UserName() const noexcept { return {.site = site, .email = email}; }
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(UserName name) const;
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(UserName a, UserName b) const noexcept;
    };

    [[nodiscard]] Result<void> add(std::string_view line);

    std::unordered_map<Key, User, Hash, Equal> users_;
    std::string decoy_;
};

}  // namespace social::site
