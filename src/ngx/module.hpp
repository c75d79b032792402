// The one C symbol of the module, and the tables that nginx reads from it.
#pragma once

#include "ngx/ngx.hpp"

extern "C" {
// Default visibility: nginx's generated list of modules refers to it.
extern __attribute__((visibility("default"))) ngx_module_t ngx_http_social_module;
}

namespace social::ngx {

// Ends with ngx_null_command.
extern ngx_command_t directives[];

}  // namespace social::ngx
