// The parts that both forms of social_store share, and the setter of the Redis form.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "settings/settings.hpp"

namespace social::ngx {

using Parameters = std::span<const std::string_view>;

inline constexpr std::size_t kDefaultStore = 32 * 1024 * 1024;  // bytes
inline constexpr std::size_t kLeastStore = 1024 * 1024;         // bytes

// Declares the shared zone of the store and that of the log limit. Returns kAlreadyLogged if nginx
// refuses one.
[[nodiscard]] Result<void> open_store(ngx_conf_t* cf, MainSettings& settings,
                                      store::MemoryStore::Zone zone);

// Parses the `value` of `parameter` ("size=" or "cache=") in bytes. bad_request if it is below
// kLeastStore.
[[nodiscard]] Result<std::size_t> store_size(std::string_view parameter, std::string_view value);

// `values` begins with the url. Returns bad_request with the text of the error line.
[[nodiscard]] Result<void> set_redis_store(ngx_conf_t* cf, Parameters values,
                                           MainSettings& settings);

}  // namespace social::ngx
