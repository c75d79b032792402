// Third-party headers that the compiler reads once; config.make has the rule. No file may rely on
// it: each includes what it uses.
#pragma once

#include "base/precompiled.hpp"
#include "ngx/ngx.hpp"
