// Converts Redis replies to the store's types.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "coro/result_task.hpp"
#include "flow/redis.hpp"
#include "session/record.hpp"

namespace social::store {

// The error store_unavailable for a reply of an unexpected type, such as WRONGTYPE.
[[nodiscard]] flow::Failure unexpected(const redis::Reply& reply);

// Sends a command and returns its integer reply. Throws Failure for any other reply.
[[nodiscard]] flow::Task<std::int64_t> number(flow::Redis& redis, redis::Command command);

// Returns nullopt for a member that is no store key.
[[nodiscard]] std::optional<session::StoreKey> key_of(const redis::Reply& member);

// The store keys among the elements of an array; other elements are skipped. Throws Failure for an
// error reply.
[[nodiscard]] std::vector<session::StoreKey> keys_of(const redis::Reply& members);

}  // namespace social::store
