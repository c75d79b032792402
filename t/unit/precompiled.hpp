// The headers that most unit tests include, for the compiler to read once. No test may rely on it.
#pragma once

#include "base/precompiled.hpp"
#include "catch.hpp"
