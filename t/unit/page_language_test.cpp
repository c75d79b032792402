#include "page/language.hpp"

#include <string>
#include "catch.hpp"

using social::page::Language;
using social::page::language_tag;
using social::page::negotiate_language;
using social::page::prefers_json;

TEST_CASE("a request without a language gets English", "[page]") {
    CHECK(negotiate_language("") == Language::en);
    CHECK(negotiate_language("*") == Language::en);
    CHECK(negotiate_language(" , ,") == Language::en);
}

TEST_CASE("a request for Indonesian gets Indonesian", "[page]") {
    CHECK(negotiate_language("id") == Language::id);
    CHECK(negotiate_language("id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7") == Language::id);
    CHECK(negotiate_language("ID-id") == Language::id);
    CHECK(negotiate_language("in-ID") == Language::id);
    CHECK(negotiate_language("de, fr;q=0.9, id;q=0.1") == Language::id);
}

TEST_CASE("the language of the higher quality is selected at any position", "[page]") {
    CHECK(negotiate_language("en;q=0.4, id;q=0.5") == Language::id);
    CHECK(negotiate_language("id;q=0.499, en;q=0.5") == Language::en);
    CHECK(negotiate_language("id;q=0.5;q=0.2, en;q=0.3") == Language::en);
    CHECK(negotiate_language("en-GB;q=0.2, en;q=0.9, id;q=0.8") == Language::en);
}

TEST_CASE("languages of equal quality are selected in order", "[page]") {
    CHECK(negotiate_language("id, en") == Language::id);
    CHECK(negotiate_language("en, id") == Language::en);
    CHECK(negotiate_language("id;q=0.8, *;q=0.8") == Language::id);
}

TEST_CASE("a language with quality 0 is not selected if there is another", "[page]") {
    CHECK(negotiate_language("id;q=0, *") == Language::en);
    CHECK(negotiate_language("en;q=0, *;q=0.1") == Language::id);
    CHECK(negotiate_language("en;q=0, id") == Language::id);
    CHECK(negotiate_language("en;q=0, id;q=0") == Language::en);
    CHECK(negotiate_language("*;q=0") == Language::en);
}

TEST_CASE("unsupported languages are skipped", "[page]") {
    CHECK(negotiate_language("de, fr") == Language::en);
    CHECK(negotiate_language("idx, i, en-id") == Language::en);
    CHECK(negotiate_language("ide;q=1, id-;q=0.2") == Language::id);
}

TEST_CASE("members with a malformed quality are ignored", "[page]") {
    for (const char* broken : {"id;q=", "id;q=2", "id;q=1.001", "id;q=0.1234", "id;q=-1", "id;q=.5",
                               "id;q=0,5x", "id;q=1e0", "id;q=\"1\"", ";q=1", "id;q=0x1"}) {
        INFO(broken);
        CHECK(negotiate_language(std::string(broken) + ", en;q=0.001") == Language::en);
    }
    CHECK(negotiate_language("id;q=0., en;q=0.001") == Language::en);
    CHECK(negotiate_language("id;q=1.000, en;q=0.999") == Language::id);
    CHECK(negotiate_language("id ; Q=0.9 , en;q=0.8") == Language::id);
}

TEST_CASE("a list of thousands of members is parsed to its end", "[page]") {
    std::string list;
    for (int i = 0; i < 10000; ++i) {
        list += "de;q=0.5,";
    }
    CHECK(negotiate_language(list + "id;q=0.1") == Language::id);
    CHECK(negotiate_language(std::string(100000, ',')) == Language::en);
    CHECK(negotiate_language("\"" + std::string(1000, '\\')) == Language::en);
}

TEST_CASE("languages have distinct tags", "[page]") {
    CHECK(language_tag(Language::en) == "en");
    CHECK(language_tag(Language::id) == "id");
}

TEST_CASE("browsers and clients without a preference get HTML", "[page]") {
    CHECK_FALSE(prefers_json(""));
    CHECK_FALSE(prefers_json("*/*"));
    CHECK_FALSE(prefers_json("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
    CHECK_FALSE(prefers_json("application/xml"));
    CHECK_FALSE(prefers_json("image/*"));
}

TEST_CASE("clients that prefer JSON get JSON", "[page]") {
    CHECK(prefers_json("application/json"));
    CHECK(prefers_json("Application/JSON"));
    CHECK(prefers_json("application/json; charset=utf-8"));
    CHECK(prefers_json("application/*"));
    CHECK(prefers_json("application/json, text/html;q=0.9"));
    CHECK(prefers_json("text/html;q=0.2, application/json;q=0.201"));
    CHECK(prefers_json("application/json, */*;q=0.1"));
    CHECK(prefers_json("text/html;q=0, */*"));
}

TEST_CASE("equal qualities of JSON and HTML select HTML", "[page]") {
    CHECK_FALSE(prefers_json("application/json, text/html"));
    CHECK_FALSE(prefers_json("text/*, application/*"));
    CHECK_FALSE(prefers_json("application/json;q=0, text/html;q=0"));
}

TEST_CASE("the most specific media range determines the quality", "[page]") {
    CHECK_FALSE(prefers_json("application/json;q=0.1, application/*, text/html;q=0.5"));
    CHECK(prefers_json("text/html;q=0.1, text/*, application/json;q=0.5"));
    CHECK_FALSE(prefers_json("application/json;q=0"));
}

TEST_CASE("a comma in a quoted parameter does not end the media range", "[page]") {
    CHECK_FALSE(prefers_json("text/html;a=\",application/json,\""));
    CHECK(prefers_json("application/json;a=\"\\\",text/html;\";q=0.5, text/html;q=0.4"));
}
