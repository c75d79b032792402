#include "redis_client/redis_reply.hpp"

#include <new>
#include <utility>

namespace social::loop {

namespace {

// hiredis 1.x accepts arrays of 2^32 - 1 elements; 0.14 has a fixed limit. CLUSTER SLOTS has at
// most 16,384 elements, a batch of sessions fewer.
template <class Parser>
void limit_elements(Parser& parser) noexcept {
    if constexpr (requires { parser.maxelements; }) {
        parser.maxelements = 1 << 20;
    }
}

}  // namespace

// Callbacks of hiredis' reader. No exception may pass through its C frames. A callback returns
// nullptr, which is a parser error, if memory runs out or the type is not RESP2. The reader owns no
// reply, so on_free() frees none.
class ReplyBuilder {
public:
    static redisReplyObjectFunctions* functions() noexcept {
        static redisReplyObjectFunctions own = [] {
            redisReplyObjectFunctions made{};
            made.createString = &ReplyBuilder::on_text;
            made.createArray = &ReplyBuilder::on_array;
            made.createInteger = &ReplyBuilder::on_integer;
            made.createNil = &ReplyBuilder::on_nil;
            made.freeObject = &ReplyBuilder::on_free;
            refuse_resp3(made);
            return made;
        }();
        return &own;
    }

private:
    using Type = redis::Reply::Type;

    // hiredis 1.x also parses RESP3, which no connection negotiates. 0.14 lacks these members.
    template <class Functions>
    static void refuse_resp3(Functions& functions) noexcept {
        if constexpr (requires { functions.createDouble; }) {
            functions.createDouble = [](const redisReadTask*, double, char*,
                                        std::size_t) noexcept -> void* { return nullptr; };
            functions.createBool = [](const redisReadTask*, int) noexcept -> void* {
                return nullptr;
            };
        }
    }

    static bool is_resp2(int type) noexcept {
        return type >= REDIS_REPLY_STRING && type <= REDIS_REPLY_ERROR;
    }

    static Type type_of(int type) noexcept {
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

    // emplace_back() moves earlier elements. That is safe: the reader has completed them.
    static redis::Reply& place_of(const redisReadTask& task) {
        if (task.parent != nullptr) {
            return static_cast<redis::Reply*>(task.parent->obj)->elements.emplace_back();
        }
        return static_cast<ReplyParser*>(task.privdata)->reply_;
    }

    template <class Fill>
    static void* make(const redisReadTask& task, Fill fill) noexcept {
        if (!is_resp2(task.type)) {
            return nullptr;
        }
        try {
            redis::Reply& reply = place_of(task);
            reply.type = type_of(task.type);
            fill(reply);
            return &reply;
        } catch (const std::bad_alloc&) {
            return nullptr;
        }
    }

    static void* on_text(const redisReadTask* task, char* text, std::size_t size) noexcept {
        return make(*task, [text, size](redis::Reply& reply) { reply.text.assign(text, size); });
    }

    // The server chooses the announced count, so it reserves no memory. Each element that arrives
    // allocates.
    template <class Count>
    static void* on_array(const redisReadTask* task, Count /*elements*/) noexcept {
        return make(*task, [](redis::Reply&) {});
    }

    static void* on_integer(const redisReadTask* task, long long number) noexcept {
        return make(*task, [number](redis::Reply& reply) { reply.integer = number; });
    }

    // RESP2 has only null bulk strings and null arrays. REDIS_REPLY_NIL is RESP3's null.
    static void* on_nil(const redisReadTask* task) noexcept {
        if (task->type == REDIS_REPLY_NIL) {
            return nullptr;
        }
        return make(*task, [](redis::Reply& reply) { reply.type = Type::nil; });
    }

    static void on_free(void* /*reply*/) noexcept {}
};

void ReplyParser::attach(redisReader& parser) noexcept {
    reply_ = redis::Reply();
    parser.fn = ReplyBuilder::functions();
    parser.privdata = this;
    limit_elements(parser);
}

ReplyParser::ParseResult ReplyParser::next(redisReader& parser, redis::Reply& reply) noexcept {
    void* read = nullptr;
    if (redisReaderGetReply(&parser, &read) != REDIS_OK) {
        return ParseResult::garbage;
    }
    if (read == nullptr) {
        return ParseResult::incomplete;
    }
    reply = std::move(reply_);
    reply_ = redis::Reply();
    return ParseResult::reply;
}

}  // namespace social::loop
