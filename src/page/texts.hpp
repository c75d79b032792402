// The texts of the built-in pages in every language. Plain text: page/page.cpp escapes it.
// "{provider}" is replaced by the provider.
#pragma once

#include <string_view>

#include "page/language.hpp"
#include "page/page.hpp"

namespace social::page {

struct Words {
    std::string_view title;
    std::string_view message;
    std::string_view hint;  // the next step of the user
    std::string_view
        hint_without_link{};  // replaces `hint` without a link to try again; empty: `hint`
};

// The texts that all pages share.
struct Labels {
    std::string_view provider;  // if the provider is unknown
    std::string_view session_id;
    std::string_view copy;
    std::string_view copied;
    std::string_view try_again;
};

// Live as long as the process.
[[nodiscard]] const Words& words(PageName page, Language language) noexcept;
[[nodiscard]] const Labels& labels(Language language) noexcept;

}  // namespace social::page
