// Replies as values of our own, straight from hiredis' parser: it calls for each item that it has
// read, and makes no object of its own.
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

    // What this parser reads comes here from now on; it is new, and used by next() alone. It may
    // outlive the object once it parses nothing any more.
    void attach(redisReader& parser) noexcept;

    enum class Next : std::uint8_t { reply, incomplete, garbage };
    // Of the bytes that the parser has: whether one more reply is whole, and it is in `reply`.
    [[nodiscard]] Next next(redisReader& parser, redis::Reply& reply) noexcept;

private:
    friend class ReplyBuilder;

    redis::Reply reply_;  // as far as it was read; new between two of them
};

}  // namespace social::loop
