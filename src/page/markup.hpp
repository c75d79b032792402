// The templates of the built-in pages and their inline blocks. The Content-Security-Policy contains
// the hashes of kStyle and kScript, which are in the pages unchanged. A page has no other inline
// style, script or event handler.
#pragma once

#include <string_view>

#include "page/page.hpp"

namespace social::page {

// An icon as a data: URL, so that browsers do not request one.
extern const std::string_view kIcon;
extern const std::string_view kStyle;   // the content of <style> on every page
extern const std::string_view kScript;  // the content of <script> on the landing page

// Returns a template for fill_template(). It is built once and lives as long as the process.
[[nodiscard]] std::string_view built_in_template(PageName page);

}  // namespace social::page
