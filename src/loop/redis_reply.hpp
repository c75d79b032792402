// A reply of hiredis as a value of our own.
#pragma once

#include <hiredis/hiredis.h>

#include "redis/reply.hpp"

namespace social::loop {

// hiredis bounds how deep arrays nest. Throws std::bad_alloc.
[[nodiscard]] redis::Reply to_reply(const redisReply& reply);

}  // namespace social::loop
