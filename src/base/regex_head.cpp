#include "base/regex_head.hpp"

#include "base/ascii.hpp"

namespace social::base {

namespace {

// "a|b" begins with neither, "^(a|b)" has its bar in parentheses. A bar in brackets or
// behind a backslash is counted, too: that costs a head, and never gives a wrong one.
bool has_alternatives(std::string_view expression) noexcept {
    int depth = 0;
    for (const char c : expression) {
        depth += c == '(' ? 1 : 0;
        depth -= c == ')' ? 1 : 0;
        if (c == '|' && depth <= 0) {
            return true;
        }
    }
    return false;
}

constexpr std::string_view kSpecial = ".[({^$)|*+?";

}  // namespace

std::string regex_head(std::string_view expression) {
    std::string head;
    if (!expression.starts_with('^') || has_alternatives(expression)) {
        return head;
    }
    expression.remove_prefix(1);
    while (!expression.empty() && !kSpecial.contains(expression.front())) {
        // "\." is a dot; "\d" is no letter.
        const bool escaped = expression.front() == '\\';
        if (escaped && (expression.size() < 2 || is_alnum(expression[1]))) {
            break;
        }
        head += expression[escaped ? 1 : 0];
        expression.remove_prefix(escaped ? 2 : 1);
    }
    // A quantifier that admits none takes its character with it.
    if (!head.empty() && !expression.empty() && std::string_view("*?{").contains(expression[0])) {
        head.pop_back();
    }
    return head;
}

}  // namespace social::base
