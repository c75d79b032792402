#include "loop/redis_reply.hpp"

namespace social::loop {

namespace {

redis::Reply::Type type_of(int type) noexcept {
    using Type = redis::Reply::Type;
    switch (type) {
        case REDIS_REPLY_STATUS:
            return Type::status;
        case REDIS_REPLY_ERROR:
            return Type::error;
        case REDIS_REPLY_INTEGER:
            return Type::integer;
        case REDIS_REPLY_STRING:
            return Type::text;
        case REDIS_REPLY_ARRAY:
            return Type::array;
        default:
            return Type::nil;
    }
}

}  // namespace

redis::Reply to_reply(const redisReply& reply) {
    redis::Reply value;
    value.type = type_of(reply.type);
    value.integer = reply.integer;
    if (reply.str != nullptr) {
        value.text.assign(reply.str, static_cast<std::size_t>(reply.len));
    }
    value.elements.reserve(reply.elements);
    for (std::size_t i = 0; i < reply.elements; ++i) {
        value.elements.push_back(to_reply(*reply.element[i]));
    }
    return value;
}

}  // namespace social::loop
