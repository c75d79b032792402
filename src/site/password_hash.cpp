#include "site/password_hash.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "base/ascii.hpp"

namespace social::site {

namespace {

bool is_crypt64(std::string_view text) noexcept {
    return std::ranges::all_of(text,
                               [](char c) { return base::is_alnum(c) || c == '.' || c == '/'; });
}

// Removes the text up to the next "$" from `rest`, and returns it without the "$". Without a "$" it
// is all of `rest`.
std::string_view take_field(std::string_view& rest) noexcept {
    const auto end = rest.find('$');
    const auto field = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return field;
}

bool is_digest(std::string_view text, std::size_t size) noexcept {
    return text.size() == size && is_crypt64(text);
}

bool is_number_within(std::string_view text, unsigned low, unsigned high) noexcept {
    unsigned number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stop == end && number >= low && number <= high;
}

// The argument of these functions follows the prefix. Sizes are those of crypt(5).

bool is_yescrypt(std::string_view rest) noexcept {
    const auto parameters = take_field(rest);
    const auto salt = take_field(rest);
    return !parameters.empty() && is_crypt64(parameters) && salt.size() <= 86 && is_crypt64(salt) &&
           is_digest(rest, 43);
}

bool is_scrypt(std::string_view rest) noexcept {
    const auto salt = take_field(rest);
    return salt.size() >= 11 && salt.size() <= 97 && is_crypt64(salt) && is_digest(rest, 43);
}

bool is_bcrypt(std::string_view rest) noexcept {
    const auto cost = take_field(rest);
    return cost.size() == 2 && is_number_within(cost, 4, 31) && is_digest(rest, 53);
}

bool is_sha(std::string_view rest, std::size_t digest_size) noexcept {
    constexpr std::string_view kRounds = "rounds=";
    if (rest.starts_with(kRounds)) {
        const auto rounds = take_field(rest).substr(kRounds.size());
        if (!is_number_within(rounds, 1000, 999'999'999)) {
            return false;
        }
    }
    const auto salt = take_field(rest);
    return !salt.empty() && salt.size() <= 16 && is_crypt64(salt) && is_digest(rest, digest_size);
}

bool is_sha256(std::string_view rest) noexcept {
    return is_sha(rest, 43);
}
bool is_sha512(std::string_view rest) noexcept {
    return is_sha(rest, 86);
}

struct Method {
    std::string_view prefix;
    bool (*fits)(std::string_view rest) noexcept;
};

// Without $2x$, the variant of bcrypt with the sign-extension bug.
constexpr std::array<Method, 8> kMethods{{
    {"$y$", is_yescrypt},
    {"$gy$", is_yescrypt},
    {"$7$", is_scrypt},
    {"$2b$", is_bcrypt},
    {"$2y$", is_bcrypt},
    {"$2a$", is_bcrypt},
    {"$6$", is_sha512},
    {"$5$", is_sha256},
}};

// MD5, Sun MD5, SHA-1, NT (unsalted MD4), defective bcrypt, and BSDi DES.
constexpr std::array<std::string_view, 6> kWeak{"$1$", "$md5", "$sha1$", "$3$", "$2x$", "_"};

bool is_weak(std::string_view hash) noexcept {
    constexpr std::size_t kDesSize = 13;
    return is_digest(hash, kDesSize) || std::ranges::any_of(kWeak, [hash](std::string_view prefix) {
               return hash.starts_with(prefix);
           });
}

}  // namespace

Result<void> check_password_hash(std::string_view hash) {
    for (const Method& method : kMethods) {
        if (!hash.starts_with(method.prefix)) {
            continue;
        }
        if (!method.fits(hash.substr(method.prefix.size()))) {
            return fail(Kind::bad_request, "the password hash is incomplete or damaged");
        }
        return {};
    }
    if (is_weak(hash)) {
        return fail(Kind::bad_request,
                    "the password hash is too weak (DES, MD5, SHA-1 and the like): make a new one "
                    "with mkpasswd -m yescrypt");
    }
    return fail(Kind::bad_request,
                "it has no password hash in crypt(5) form: make one with mkpasswd -m yescrypt");
}

}  // namespace social::site
