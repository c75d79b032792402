// The two forms of social_store: what they share, and the one for Redis, which has most of it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "settings/settings.hpp"

namespace social::ngx {

using Parameters = std::span<const std::string_view>;

inline constexpr std::size_t kDefaultStore = 32 * 1024 * 1024;  // bytes
inline constexpr std::size_t kLeastStore = 1024 * 1024;         // bytes

[[nodiscard]] Result<void> open_store(ngx_conf_t* cf, MainSettings& settings,
                                      store::MemoryStore::Zone zone);

// `value` is that of `parameter`, "size=" or "cache=".
[[nodiscard]] Result<std::size_t> store_size(std::string_view parameter, std::string_view value);

// `values` begins with the url.
[[nodiscard]] Result<void> set_redis_store(ngx_conf_t* cf, Parameters values,
                                           MainSettings& settings);

}  // namespace social::ngx
