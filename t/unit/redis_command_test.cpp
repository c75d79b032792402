#include "redis/command.hpp"

#include "catch.hpp"

using social::redis::Command;
using social::redis::Script;

TEST_CASE("a command goes over the wire as an array of bulk strings", "[redis]") {
    Command command("SET");
    command.key("social:s").with(std::string_view("a\r\n\0b", 5)).with("PX").with(-15);
    CHECK(command.wire() == "*5\r\n$3\r\nSET\r\n$8\r\nsocial:s\r\n$5\r\na\r\n" +
                                std::string("\0b\r\n", 4) + "$2\r\nPX\r\n$3\r\n-15\r\n");
    CHECK(command.first_key() == "social:s");
    CHECK_FALSE(command.runs_script());
    CHECK_FALSE(command.is_repeatable());
    CHECK(command.repeatable().is_repeatable());
}

TEST_CASE("an empty word is a word", "[redis]") {
    Command command("ECHO");
    command.with("");
    CHECK(command.wire() == "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n");
    CHECK(command.first_key().empty());
}

TEST_CASE("the first key decides where a command goes", "[redis]") {
    Command command("DEL");
    command.key("one").key("two");
    CHECK(command.first_key() == "one");
}

TEST_CASE("a script is sent by its digest, and by its source where that is unknown", "[redis]") {
    // Its SHA-1 is that of the documentation of SCRIPT LOAD.
    static const Script script("return 1");
    CHECK(script.sha1() == "e0e1f9fabfc9d4800c877a703b823ac0578ff8db");
    Command command(script, 1);
    command.key("k").with(7);
    CHECK(command.runs_script());
    CHECK(command.first_key() == "k");
    CHECK(command.wire() ==
          "*5\r\n$7\r\nEVALSHA\r\n$40\r\ne0e1f9fabfc9d4800c877a703b823ac0578ff8db\r\n"
          "$1\r\n1\r\n$1\r\nk\r\n$1\r\n7\r\n");
    CHECK(command.wire_with_source() ==
          "*5\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n1\r\n$1\r\nk\r\n$1\r\n7\r\n");
}
