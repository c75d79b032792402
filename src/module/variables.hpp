// The module's variables, in the order of README.
#pragma once

#include "ngx/ngx.hpp"

namespace social::ngx {

// Call it in preconfiguration. Returns NGX_ERROR if no memory is left.
[[nodiscard]] ngx_int_t add_variables(ngx_conf_t* cf) noexcept;

}  // namespace social::ngx
