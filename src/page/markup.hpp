// The built-in pages as templates, and the inline blocks in them. The hashes of
// the Content-Security-Policy are made from kStyle and kScript, which stand in the
// pages byte for byte; nothing else in a page is inline, no style and no on…
// attribute.
#pragma once

#include <string_view>

#include "page/page.hpp"

namespace social::page {

// An icon as a data: URL, so that browsers do not ask the gateway for one.
extern const std::string_view kIcon;
extern const std::string_view kStyle;   // between <style> and </style>, on every page
extern const std::string_view kScript;  // between <script> and </script>, on the landing page

// For fill_template(). Made once; lives as long as the process.
[[nodiscard]] std::string_view built_in_template(PageName page);

}  // namespace social::page
