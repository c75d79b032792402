// Whether a configuration takes over the sessions of the one that it replaces: they stay in memory
// where the name and the size of their zone stay.
#pragma once

#include "ngx/ngx.hpp"

namespace social::store {

// For init_module: `cycle` has its zones, and still knows the one before it. True where that had
// sessions in memory that this one does not take over. `module` made the zones.
[[nodiscard]] bool drops_sessions(const ngx_cycle_t& cycle, const ngx_module_t& module) noexcept;

}  // namespace social::store
