// The words of the built-in pages in every language. Plain text: page/page.cpp
// escapes them like everything else. "{provider}" stands for the provider.
#pragma once

#include <string_view>

#include "page/language.hpp"
#include "page/page.hpp"

namespace social::page {

struct Words {
    std::string_view title;
    std::string_view message;
    std::string_view hint;         // what to do now
    std::string_view lost_hint{};  // the same without a link to try again; empty: no other
};

// What does not depend on the page.
struct Labels {
    std::string_view provider;  // in place of a provider that is not known
    std::string_view session_id;
    std::string_view copy;
    std::string_view copied;
    std::string_view try_again;
};

[[nodiscard]] const Words& words(PageName page, Language language) noexcept;
[[nodiscard]] const Labels& labels(Language language) noexcept;

}  // namespace social::page
