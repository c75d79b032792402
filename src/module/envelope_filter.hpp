// The envelope for errors that nginx answers by itself: of whatever kind in locations of the
// API, and those that our guard has asked for in any location. nginx makes its own page
// of them, and error_page may send them elsewhere first; what reaches these filters as
// nginx's page leaves them as the envelope.
//
// Requests without an error pass after a look at one field.
#pragma once

#include "ngx/ngx.hpp"

namespace social::ngx {

// When a worker starts: puts both filters in front of those that are there.
void add_envelope_filters() noexcept;

}  // namespace social::ngx
