// Builds redis::Reply values from the callbacks of hiredis' reader, without a redisReply between.
#pragma once

#include <hiredis/hiredis.h>

#include <cstdint>

#include "redis/reply.hpp"

namespace social::loop {

class ReplyParser {
public:
    ReplyParser() = default;
    ReplyParser(const ReplyParser&) = delete;
    ReplyParser& operator=(const ReplyParser&) = delete;

    // Sets the callbacks of a new reader. From then on only next() uses it. The reader may outlive
    // the object if it parses nothing more.
    void attach(redisReader& parser) noexcept;

    enum class ParseResult : std::uint8_t { reply, incomplete, garbage };
    // Parses the bytes in the reader's buffer. Sets `reply` only if it returns ParseResult::reply.
    // ParseResult::garbage: a protocol error, or out of memory.
    [[nodiscard]] ParseResult next(redisReader& parser, redis::Reply& reply) noexcept;

private:
    friend class ReplyBuilder;

    redis::Reply reply_;  // the partial reply; empty between two replies
};

}  // namespace social::loop
