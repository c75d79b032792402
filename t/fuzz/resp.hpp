// Replies of Redis (RESP) out of the octets of an input, by hiredis' parser and our own builder.
#pragma once

#include <hiredis/hiredis.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "fuzz.hpp"
#include "redis/reply.hpp"
#include "redis_client/redis_reply.hpp"

namespace social::fuzz {

struct ReaderDelete {
    void operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }
};

struct Replies {
    std::vector<redis::Reply> replies;
    bool garbage = false;  // what follows them is no RESP
};

// The octets come in pieces of that size, as they may from a socket.
[[nodiscard]] inline Replies read_replies(std::string_view octets, std::size_t piece) {
    using ParseResult = loop::ReplyParser::ParseResult;
    loop::ReplyParser builder;
    const std::unique_ptr<redisReader, ReaderDelete> reader(redisReaderCreate());
    builder.attach(*reader);
    Replies out;
    while (!octets.empty()) {
        const std::string_view next = octets.substr(0, piece);
        octets.remove_prefix(next.size());
        require(redisReaderFeed(reader.get(), next.data(), next.size()) == REDIS_OK);
        redis::Reply reply;
        ParseResult state = builder.next(*reader, reply);
        while (state == ParseResult::reply) {
            out.replies.push_back(std::move(reply));
            reply = redis::Reply();
            state = builder.next(*reader, reply);
        }
        if (state == ParseResult::garbage) {
            out.garbage = true;
            break;
        }
    }
    return out;
}

}  // namespace social::fuzz
