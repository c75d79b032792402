// The headers of others that the module includes, for the compiler to read once:
// config.make has the rule. No file may rely on it: each includes what it uses.
#pragma once

#include "base/precompiled.hpp"
#include "ngx/ngx.hpp"
