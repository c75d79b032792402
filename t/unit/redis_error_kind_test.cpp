#include "redis/error_kind.hpp"

#include <string>
#include "catch.hpp"

using social::redis::Address;
using social::redis::redirection;
using social::redis::Reply;
using social::redis::Trouble;
using social::redis::trouble_of;

namespace {

Reply error(std::string text) {
    Reply reply;
    reply.type = Reply::Type::error;
    reply.text = std::move(text);
    return reply;
}

}  // namespace

TEST_CASE("errors about the server are told from errors about the command") {
    CHECK(trouble_of(error("READONLY You can't write against a read only replica.")) ==
          Trouble::not_primary);
    CHECK(trouble_of(error("LOADING Redis is loading the dataset in memory")) == Trouble::unable);
    CHECK(trouble_of(error("OOM command not allowed when used memory > 'maxmemory'.")) ==
          Trouble::unable);
    CHECK(trouble_of(error("NOAUTH Authentication required.")) == Trouble::refused);
    CHECK(trouble_of(error("NOSCRIPT No matching script.")) == Trouble::no_script);
    CHECK(trouble_of(error("CLUSTERDOWN Hash slot not served")) == Trouble::cluster_down);
    CHECK(trouble_of(error("TRYAGAIN")) == Trouble::try_again);
    CHECK(trouble_of(error("WRONGTYPE Operation against a key")) == Trouble::none);
    CHECK(trouble_of(error("MOVEDX 1 a:1")) == Trouble::none);
    CHECK(trouble_of(error("")) == Trouble::none);
    Reply text = error("MOVED 1 a:1");
    text.type = Reply::Type::text;
    CHECK(trouble_of(text) == Trouble::none);
}

TEST_CASE("a redirection names slot and node") {
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
