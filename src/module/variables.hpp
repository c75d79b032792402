// The variables of the module, in README's order.
#pragma once

#include "ngx/ngx.hpp"

namespace social::ngx {

// For preconfiguration.
[[nodiscard]] ngx_int_t add_variables(ngx_conf_t* cf) noexcept;

}  // namespace social::ngx
