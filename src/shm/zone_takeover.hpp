// Detects a reload that loses the sessions in shared memory. They survive if the name and the size
// of their zone stay the same.
#pragma once

#include "ngx/ngx.hpp"

namespace social::store {

// Call it in init_module, when `cycle` has its zones and old_cycle is still valid. Returns true if
// the previous configuration has a zone for sessions that `cycle` does not reuse. `module` is the
// zones' tag.
[[nodiscard]] bool drops_sessions(const ngx_cycle_t& cycle, const ngx_module_t& module) noexcept;

}  // namespace social::store
