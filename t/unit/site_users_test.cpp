#include "site/users.hpp"

#include <string>
#include <utility>
#include <vector>
#include "catch.hpp"
#include "cpu_time.hpp"

#include "site/password_hash.hpp"

using namespace social;
using namespace social::site;

namespace {

const std::string kYescrypt =
    "$y$j9T$PKXc3hCOSyMqdaEQArI62/$0rlSLd6riv3BdhFmR3oUhKAN3I23xUrpQyyrH5yon3C";
const std::string kBcrypt = "$2b$10$" + std::string(53, 'a');
const std::string kSha512 = "$6$salt$" + std::string(86, 'b');

Users parsed(const std::string& file) {
    auto users = Users::parse(file);
    REQUIRE(users);
    return std::move(*users);
}

Error refusal(const std::string& file) {
    const auto users = Users::parse(file);
    REQUIRE_FALSE(users);
    CHECK(users.error().kind == Kind::bad_request);
    return users.error();
}

}  // namespace

TEST_CASE("users are found by site and email", "[site]") {
    const Users users = parsed("# people\n\n169:Ovan@mysite.example:" + kYescrypt +
                               "\r\n170:ovan@mysite.example:" + kBcrypt +
                               "\n  # more\n \t\n169:b@mysite.example:" + kSha512);
    CHECK(users.size() == 3);
    const User* user = users.find({.site = "169", .email = "ovan@MYSITE.example"});
    REQUIRE(user != nullptr);
    CHECK(user->email == "Ovan@mysite.example");
    CHECK(user->hash == kYescrypt);
    REQUIRE(users.find({.site = "170", .email = "ovan@mysite.example"}) != nullptr);
    CHECK(users.find({.site = "170", .email = "ovan@mysite.example"})->hash == kBcrypt);
    CHECK(users.find({.site = "170", .email = "b@mysite.example"}) == nullptr);
    CHECK(users.find({.site = "169", .email = ""}) == nullptr);
    CHECK(users.find({.site = "", .email = "b@mysite.example"}) == nullptr);
    CHECK(users.find({.site = "1", .email = "69:b@mysite.example"}) == nullptr);
}

TEST_CASE("people of one address at many sites are different users", "[site]") {
    std::string file;
    const auto hash = [](int site) { return site % 2 == 0 ? kBcrypt : kYescrypt; };
    for (int site = 0; site < 300; ++site) {
        file += std::to_string(site) + ":ovan@mysite.example:" + hash(site) + "\n";
    }
    const Users users = parsed(file);
    REQUIRE(users.size() == 300);
    for (int site = 0; site < 300; ++site) {
        const std::string id = std::to_string(site);
        const User* user = users.find({.site = id, .email = "OVAN@mysite.example"});
        REQUIRE(user != nullptr);
        CHECK(user->hash == hash(site));
        CHECK(users.find({.site = id + "0000", .email = "ovan@mysite.example"}) == nullptr);
    }
}

TEST_CASE("a user's name is the site with the address in any case", "[site]") {
    using social::site::UserName;
    const UserName name{.site = "a", .email = "ovan@mysite.example"};
    CHECK(name == UserName{.site = "a", .email = "OVAN@mysite.example"});
    CHECK(name != UserName{.site = "b", .email = "ovan@mysite.example"});
    CHECK(name != UserName{.site = "A", .email = "ovan@mysite.example"});
    CHECK(name != UserName{.site = "a", .email = "oval@mysite.example"});
}

TEST_CASE("a stranger's check costs what the first user's costs", "[site]") {
    CHECK(parsed("1:a@b:" + kBcrypt + "\n1:c@d:" + kYescrypt).decoy() == kBcrypt);
    CHECK(check_password_hash(parsed("# nobody yet\n").decoy()));
    CHECK(parsed("").size() == 0);
}

TEST_CASE("a malformed line is refused with its number and nothing of its text", "[site]") {
    for (const std::string& line : std::vector<std::string>{
             "169", "169:a@b", "169:a@b:", ":a@b:" + kYescrypt, "169::" + kYescrypt,
             "169:a@b:x:" + kYescrypt, " 169:a@b:" + kYescrypt, "169 :a@b:" + kYescrypt,
             "169:a @b:" + kYescrypt, "169:a@b:" + kYescrypt + " ", "169:a@b: " + kYescrypt,
             "169:\xff@b:" + kYescrypt, "169:" + std::string(255, 'a') + ":" + kYescrypt,
             "169:a@b:hunter2", "169:a\x01@b:" + kYescrypt, "169:a@b:*", "169:a@b:!" + kYescrypt}) {
        CAPTURE(line);
        const Error error = refusal("# one\n1:x@y:" + kYescrypt + "\n\n" + line + "\n");
        CHECK(error.detail == "line 4");
        CHECK(std::string(error.what).find("hunter2") == std::string::npos);
    }
}

TEST_CASE("a user who is there twice is refused", "[site]") {
    CHECK(refusal("1:a@b:" + kYescrypt + "\n1:A@B:" + kBcrypt).detail == "line 2");
}

TEST_CASE("strong hashes of every method are accepted", "[site]") {
    const std::string digest43(43, 'x');
    for (const std::string& hash : std::vector<std::string>{
             kYescrypt, "$gy$j9T$salt$" + digest43, "$y$j9T$$" + digest43,
             "$7$CU..../....salt$" + digest43, kBcrypt, "$2y$05$" + std::string(53, '.'),
             "$2a$31$" + std::string(53, '/'), kSha512,
             "$6$rounds=5000$saltsalt$" + std::string(86, 'z'), "$5$salt$" + digest43,
             "$5$rounds=1000$0123456789abcdef$" + digest43}) {
        CAPTURE(hash);
        CHECK(check_password_hash(hash));
    }
}

TEST_CASE("weak hashes are refused with the way to a strong one", "[site]") {
    for (const std::string& hash : std::vector<std::string>{
             "abJnggxhB/yWI", "$1$salt$" + std::string(22, 'a'), "_J9..rasmBYk8r9AiWNc",
             "$md5$rounds=904$salt$$" + std::string(22, 'a'), "$sha1$1$s$" + std::string(28, 'a'),
             "$3$$8846f7eaee8fb117ad06bdd830b7586c", "$2x$10$" + std::string(53, 'a')}) {
        CAPTURE(hash);
        const auto good = check_password_hash(hash);
        REQUIRE_FALSE(good);
        CHECK_THAT(std::string(good.error().what),
                   Catch::Contains("too weak") && Catch::Contains("mkpasswd -m yescrypt"));
    }
}

TEST_CASE("damaged hashes are refused", "[site]") {
    const std::string digest43(43, 'x');
    for (const std::string& hash :
         std::vector<std::string>{"",
                                  "$",
                                  "$$",
                                  "x",
                                  "$y$",
                                  "$y$j9T$salt$" + digest43 + "x",
                                  "$y$j9T$salt$" + digest43.substr(1),
                                  "$y$$salt$" + digest43,
                                  "$y$j9T$sa:lt$" + digest43,
                                  "$y$j9T$" + std::string(87, 's') + "$" + digest43,
                                  "$y$j9T$" + digest43,
                                  "$7$short$" + digest43,
                                  "$2b$1$" + std::string(53, 'a'),
                                  "$2b$03$" + std::string(53, 'a'),
                                  "$2b$32$" + std::string(53, 'a'),
                                  "$2b$10$" + std::string(52, 'a'),
                                  "$2b$10$" + std::string(52, 'a') + "-",
                                  "$2$10$" + std::string(53, 'a'),
                                  "$6$$" + std::string(86, 'a'),
                                  "$6$" + std::string(17, 's') + "$" + std::string(86, 'a'),
                                  "$6$salt$" + std::string(43, 'a'),
                                  "$6$rounds=0$salt$" + std::string(86, 'a'),
                                  "$6$rounds=x$salt$" + std::string(86, 'a'),
                                  "$5$salt$" + std::string(86, 'a'),
                                  "$5$salt$" + digest43 + "$",
                                  "$9$x$" + digest43,
                                  "password",
                                  "*",
                                  "!!"}) {
        CAPTURE(hash);
        CHECK_FALSE(check_password_hash(hash));
    }
}

TEST_CASE("a hundred thousand users are read quickly", "[site]") {
    std::string file;
    for (int i = 0; i < 100'000; ++i) {
        file += std::to_string(i % 1000) + ":user" + std::to_string(i) +
                "@mysite.example:" + kYescrypt + "\n";
    }
    const double start = social::test::cpu_seconds();
    const Users users = parsed(file);
    CHECK(users.size() == 100'000);
    CHECK(users.find({.site = "999", .email = "user99999@mysite.example"}) != nullptr);
    // A search in the list for each line would take minutes.
    CHECK(social::test::cpu_seconds() - start < 10);
}
