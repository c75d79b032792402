// Replaces nginx's error pages by the JSON envelope. It covers every error in a location of the
// API, and every refusal of the guard in any location. error_page runs first: the filters replace a
// body only if nginx still sends its own page.
//
// A response without an error passes both filters after a few comparisons.
#pragma once

#include "ngx/ngx.hpp"

namespace social::ngx {

// Call it when a worker starts. It puts both filters in front of the chains.
void add_envelope_filters() noexcept;

}  // namespace social::ngx
