#include "base/regex_head.hpp"

#include <cstddef>

#include "base/ascii.hpp"

namespace social::base {

namespace {

// The end of a class in brackets that begins at `begin`. A "]" that stands first is a member.
std::size_t class_end(std::string_view expression, std::size_t begin) noexcept {
    std::size_t at = begin + 1;
    at += expression.substr(at).starts_with('^') ? 1 : 0;
    at += expression.substr(at).starts_with(']') ? 1 : 0;
    while (at < expression.size() && expression[at] != ']') {
        at += expression[at] == '\\' ? 2 : 1;
    }
    return at;
}

// Bars and parentheses that are literal are told apart by more than their characters: quoted
// texts, comments, named classes.
bool has_hidden_literals(std::string_view expression) noexcept {
    return expression.contains("\\Q") || expression.contains("(?#") || expression.contains("(?x") ||
           expression.contains("[:") || expression.contains("(*");
}

// "a|b" begins with neither, "^(a|b)" has its bar in parentheses.
bool has_alternatives(std::string_view expression) noexcept {
    if (!expression.contains('|')) {
        return false;
    }
    if (has_hidden_literals(expression)) {
        return true;
    }
    int depth = 0;
    for (std::size_t at = 0; at < expression.size(); ++at) {
        const char c = expression[at];
        if (c == '\\') {
            ++at;
        } else if (c == '[') {
            at = class_end(expression, at);
        } else if (c == '(') {
            ++depth;
        } else if (c == ')') {
            --depth;
        } else if (c == '|' && depth <= 0) {
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
