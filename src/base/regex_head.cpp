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

// Escapes of one letter. Others take further characters: \Q quotes, \c and \x{ name a character.
constexpr std::string_view kOneLetterEscapes = "dDwWsShHvVbBAzZGKRXnrtfae";

// The groups whose text is a part of the expression. Others hold comments, options or callouts.
constexpr std::string_view kGroups = ":|=!><P'";

// True if a bar or a parenthesis may be literal in a way that only PCRE's grammar tells.
bool has_hidden_literals(std::string_view expression) noexcept {
    if (expression.contains("[:") || expression.contains("(*")) {
        return true;
    }
    for (std::size_t at = 0; at + 1 < expression.size(); ++at) {
        const std::string_view next = expression.substr(at + 1);
        if (expression[at] == '\\') {
            if (is_alnum(next[0]) && !kOneLetterEscapes.contains(next[0])) {
                return true;
            }
            ++at;
        } else if (expression[at] == '(' && next[0] == '?' &&
                   (next.size() < 2 || !kGroups.contains(next[1]))) {
            return true;
        }
    }
    return false;
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

// True if a quantifier may follow the character in front of `rest`: comments, callouts, \E and an
// empty quotation do not separate the two.
bool may_be_quantified(std::string_view rest) noexcept {
    return rest.starts_with('*') || rest.starts_with('?') || rest.starts_with('{') ||
           rest.starts_with("\\E") || rest.starts_with("\\Q") || rest.starts_with("(?#") ||
           rest.starts_with("(?C");
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
    // A quantifier that admits none takes its character with it, also behind an empty item.
    if (!head.empty() && may_be_quantified(expression)) {
        head.pop_back();
    }
    return head;
}

}  // namespace social::base
