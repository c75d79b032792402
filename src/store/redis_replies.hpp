// Replies of Redis as the store takes them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "flow/redis.hpp"
#include "flow/result_task.hpp"
#include "session/record.hpp"

namespace social::store {

// For a reply of a type that the command never gives, as of a key of another type.
[[nodiscard]] flow::Failure unexpected(const redis::Reply& reply);

// The integer that a command answers. Throws Failure for any other reply.
[[nodiscard]] flow::Task<std::int64_t> number(flow::Redis& redis, redis::Command command);

// Nothing for a member that is no key of a session.
[[nodiscard]] std::optional<session::StoreKey> key_of(const redis::Reply& member);

// The keys among the elements of an array. Throws Failure for an error.
[[nodiscard]] std::vector<session::StoreKey> keys_of(const redis::Reply& members);

}  // namespace social::store
