#include "base/secret.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include "catch.hpp"

using social::base::equal_in_constant_time;
using social::base::Secret;
using social::base::wipe;

TEST_CASE("a wiped string is empty and its memory is zero", "[base]") {
    for (const std::size_t size : {1U, 15U, 16U, 400U}) {
        std::string text(size, 's');
        text.resize(size / 2);  // the bytes beyond size() count, too
        const char* memory = text.data();
        const std::size_t capacity = text.capacity();
        wipe(text);
        CHECK(text.empty());
        CHECK(text.data() == memory);
        CHECK(std::all_of(memory, memory + capacity, [](char c) { return c == '\0'; }));
    }
}

TEST_CASE("a secret is wiped when it is moved from", "[base]") {
    for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
        Secret from(text);
        Secret to(std::move(from));
        CHECK(to.reveal() == text);
        CHECK(from.empty());

        Secret assigned("another");
        assigned = std::move(to);
        CHECK(assigned.reveal() == text);
        CHECK(to.empty());
    }
}

TEST_CASE("a secret wipes the text that it is made from", "[base]") {
    for (const char* secret : {"hunter2!", "a secret that is longer than what fits inside"}) {
        std::string text = secret;
        const Secret made(std::move(text));
        CHECK(made.reveal() == secret);
        const std::string_view inside(reinterpret_cast<const char*>(&text), sizeof(text));
        // The first byte of an empty string is always zero.
        CHECK(inside.find("unter2!") == std::string_view::npos);
        CHECK(text.empty());
    }
}

TEST_CASE("a short secret is wiped from the object that it is moved from", "[base]") {
    Secret from("hunter2!");
    const Secret to(std::move(from));
    char bytes[sizeof(Secret)];
    std::memcpy(bytes, static_cast<const void*>(&from), sizeof(bytes));
    CHECK(std::string_view(bytes, sizeof(bytes)).find("unter2!") == std::string_view::npos);
}

TEST_CASE("a secret is copied and assigned like a value", "[base]") {
    Secret one("one");
    Secret copy = one;
    CHECK(copy.equals("one"));
    Secret two("a longer secret than the other");
    one = two;
    CHECK(one.equals("a longer secret than the other"));
    CHECK(two.equals("a longer secret than the other"));
    const Secret& same = one;
    one = same;
    CHECK(one.equals("a longer secret than the other"));
    CHECK(copy.equals("one"));
}

TEST_CASE("secrets are equal only if length and every byte are equal", "[base]") {
    const Secret secret("0123456789");
    CHECK(secret.equals("0123456789"));
    CHECK_FALSE(secret.equals("012345678"));
    CHECK_FALSE(secret.equals("01234567890"));
    CHECK_FALSE(secret.equals("x123456789"));
    CHECK_FALSE(secret.equals("012345678x"));
    CHECK_FALSE(secret.equals(""));
    CHECK(Secret().equals(""));
    CHECK(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
    CHECK_FALSE(equal_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
    for (std::size_t size = 1; size < 80; ++size) {
        const std::string text(size, 'x');
        CHECK(equal_in_constant_time(text, std::string(size, 'x')));
        for (std::size_t at = 0; at < size; ++at) {
            for (const int bit : {0, 7}) {
                std::string other = text;
                other[at] = static_cast<char>(other[at] ^ (1 << bit));
                CHECK_FALSE(equal_in_constant_time(text, other));
                CHECK_FALSE(equal_in_constant_time(other, text));
            }
        }
    }
}
