#include "oauth/callback_reply.hpp"

#include <string>
#include "catch.hpp"

using social::Kind;
using social::oauth::CallbackReply;
using social::oauth::granted_code;
using social::oauth::parse_callback_reply;

namespace {

CallbackReply reply_of(std::string_view query) {
    auto reply = parse_callback_reply(query);
    REQUIRE(reply.has_value());
    return std::move(*reply);
}

social::Error refusal_of(std::string_view query) {
    const auto code = granted_code(reply_of(query));
    REQUIRE_FALSE(code.has_value());
    return code.error();
}

}  // namespace

TEST_CASE("a successful reply has its code and state, decoded once", "[oauth]") {
    const CallbackReply reply = reply_of("code=AQD%2Fx%2By+z&state=a.b&foo=1&foo=2");
    CHECK(reply.state == "a.b");
    const auto code = granted_code(reply);
    REQUIRE(code.has_value());
    CHECK(code->reveal() == "AQD/x+y z");
    CHECK(granted_code(reply_of("state=s&code=a%2526b"))->reveal() == "a%26b");
    CHECK(granted_code(reply_of("state=s&code=x%26client_secret%3Dy"))->reveal() ==
          "x&client_secret=y");
}

TEST_CASE("the user's no is told apart from other errors of the provider", "[oauth]") {
    CHECK(refusal_of("error_reason=user_denied&error=access_denied&error_description="
                     "Permissions+error.&state=s")
              .kind == Kind::login_refused);
    CHECK(refusal_of("error=server_error&state=s").kind == Kind::provider_unavailable);
    CHECK(refusal_of("error=temporarily_unavailable").kind == Kind::provider_unavailable);
    const social::Error rejected = refusal_of("error=invalid_scope&state=s");
    CHECK(rejected.kind == Kind::provider_rejected);
    CHECK(rejected.detail == "invalid_scope");
}

TEST_CASE("an error code with markup or line breaks never gets out", "[oauth]") {
    CHECK(refusal_of("error=%3Cscript%3Ealert(1)%3C/script%3E").detail == "unknown error");
    CHECK(refusal_of("error=" + std::string(65, 'a')).detail == "unknown error");
    CHECK(refusal_of("error=a+b").detail == "unknown error");
    CHECK_FALSE(parse_callback_reply("error=a%0d%0ab").has_value());
}

TEST_CASE("a reply with both code and error, or neither, is refused", "[oauth]") {
    CHECK(refusal_of("code=c&error=access_denied&state=s").kind == Kind::bad_callback);
    CHECK(refusal_of("state=s").kind == Kind::bad_callback);
    CHECK(refusal_of("state=s&code=").kind == Kind::bad_callback);
    CHECK(refusal_of("").kind == Kind::bad_callback);
}

TEST_CASE("a parameter of the protocol may be there once", "[oauth]") {
    for (const char* query :
         {"code=a&code=a&state=s", "code=a&state=s&state=s", "error=a&error=b", "code=a&%63ode=b",
          "oauth_token=a&oauth_token=b", "oauth_verifier=a&oauth_verifier=b", "denied=a&denied="}) {
        INFO(query);
        const auto reply = parse_callback_reply(query);
        REQUIRE_FALSE(reply.has_value());
        CHECK(reply.error().kind == Kind::bad_callback);
    }
}

TEST_CASE("whatever is too long, malformed or not printable is refused without being repeated",
          "[oauth]") {
    const std::string many(70, '&');
    for (const std::string& query :
         {"code=" + std::string(4097, 'x'), "state=" + std::string(513, 'x'),
          "code=" + std::string(100000, 'x'), std::string("code=%zz"), std::string("code=%"),
          std::string("code=a%00b"), std::string("code=a%0d%0aX-Evil:1"), std::string("code=%ff"),
          std::string("state=%c3%a9"), std::string("state=a%7fb")}) {
        INFO(query.substr(0, 40));
        const auto reply = parse_callback_reply(query);
        REQUIRE_FALSE(reply.has_value());
        CHECK(reply.error().kind == Kind::bad_callback);
        CHECK(reply.error().detail.find("xxx") == std::string::npos);
        CHECK(reply.error().detail.find("Evil") == std::string::npos);
    }
    CHECK(reply_of("code=" + std::string(4096, 'x')).code.reveal().size() == 4096);
}

TEST_CASE("each parameter has its own length and may be there once", "[oauth]") {
    struct Row {
        std::string name;
        std::size_t longest;
    };
    for (const Row& row :
         {Row{"state", 512}, Row{"code", 4096}, Row{"error", 256}, Row{"oauth_token", 512},
          Row{"oauth_verifier", 512}, Row{"denied", 512}, Row{"iss", 512}}) {
        INFO(row.name);
        const std::string longest = row.name + "=" + std::string(row.longest, 'x');
        CHECK(parse_callback_reply(longest));
        for (const std::string& query :
             {longest + "x", longest + "&" + row.name + "=x", row.name + "=a%1fb"}) {
            const auto reply = parse_callback_reply(query);
            REQUIRE_FALSE(reply);
            CHECK(reply.error().detail == row.name + " is unusable");
        }
    }
}

// RFC 9207 §2.4
TEST_CASE(
    "a reply from another issuer is refused, and one that should name its issuer and does not",
    "[oauth]") {
    const auto admits = [](std::string_view in_reply, std::string_view expected, bool always_sent) {
        CallbackReply reply;
        reply.issuer = in_reply;
        return social::oauth::check_issuer(reply,
                                           {.expected = expected, .always_sent = always_sent})
            .has_value();
    };
    for (const bool always_sent : {false, true}) {
        CHECK(admits("https://a.example", "https://a.example", always_sent));
        CHECK_FALSE(admits("https://b.example", "https://a.example", always_sent));
        CHECK_FALSE(admits("https://a.example/", "https://a.example", always_sent));
        // The issuer of the provider is not configured.
        CHECK(admits("https://a.example", "", always_sent));
        CHECK(admits("", "", always_sent));
    }
    CHECK(admits("", "https://a.example", false));
    CHECK_FALSE(admits("", "https://a.example", true));
}

TEST_CASE("the parameters of OAuth 1.0a are read", "[oauth]") {
    const CallbackReply reply = reply_of("state=s&oauth_token=t%2B1&oauth_verifier=v");
    CHECK(reply.oauth_token.reveal() == "t+1");
    CHECK(reply.oauth_verifier.reveal() == "v");
    CHECK_FALSE(reply.denied);
    CHECK(reply_of("denied=t&state=s").denied);
}
