#include "redis/error_kind.hpp"

#include <string>
#include "catch.hpp"

using social::redis::Address;
using social::redis::classify_error;
using social::redis::ErrorKind;
using social::redis::redirection;
using social::redis::Reply;

namespace {

Reply error(std::string text) {
    Reply reply;
    reply.type = Reply::Type::error;
    reply.text = std::move(text);
    return reply;
}

}  // namespace

TEST_CASE("errors about the server are told from errors about the command", "[redis]") {
    CHECK(classify_error(error("READONLY You can't write against a read only replica.")) ==
          ErrorKind::not_primary);
    CHECK(classify_error(error("LOADING Redis is loading the dataset in memory")) ==
          ErrorKind::unable);
    CHECK(classify_error(error("OOM command not allowed when used memory > 'maxmemory'.")) ==
          ErrorKind::unable);
    CHECK(classify_error(error("NOAUTH Authentication required.")) == ErrorKind::refused);
    CHECK(classify_error(error("NOSCRIPT No matching script.")) == ErrorKind::no_script);
    CHECK(classify_error(error("CLUSTERDOWN Hash slot not served")) == ErrorKind::cluster_down);
    CHECK(classify_error(error("TRYAGAIN")) == ErrorKind::try_again);
    CHECK(classify_error(error("WRONGTYPE Operation against a key")) == ErrorKind::none);
    CHECK(classify_error(error("MOVEDX 1 a:1")) == ErrorKind::none);
    CHECK(classify_error(error("")) == ErrorKind::none);
    Reply text = error("MOVED 1 a:1");
    text.type = Reply::Type::text;
    CHECK(classify_error(text) == ErrorKind::none);
}

TEST_CASE("a redirection names slot and node", "[redis]") {
    const Address asked{.host = "10.0.0.9", .port = 7000};
    const auto moved = redirection(error("MOVED 3999 127.0.0.1:6381"), asked);
    REQUIRE(moved);
    CHECK(moved->slot == 3999);
    CHECK(moved->address == Address{.host = "127.0.0.1", .port = 6381});
    CHECK(redirection(error("ASK 16383 ::1:6381"), asked)->address.host == "::1");
    // An empty host: the one that answered.
    CHECK(redirection(error("MOVED 1 :6382"), asked)->address ==
          Address{.host = "10.0.0.9", .port = 6382});
    for (const char* wrong : {"MOVED", "MOVED 1", "MOVED x a:1", "MOVED 16384 a:1", "MOVED -1 a:1",
                              "MOVED 1 ", "MOVED 1 a:b", "MOVED 1 a:0", "MOVED 1 ?:-1"}) {
        INFO(wrong);
        CHECK_FALSE(redirection(error(wrong), asked));
    }
}
