#include "base/regex_literal_prefix.hpp"

#include <cstddef>

#include "base/ascii.hpp"

namespace social::base {

namespace {

// Returns the end of the bracket expression that starts at `begin`. A "]" in first position is a
// member.
std::size_t class_end(std::string_view expression, std::size_t begin) noexcept {
    std::size_t at = begin + 1;
    at += expression.substr(at).starts_with('^') ? 1 : 0;
    at += expression.substr(at).starts_with(']') ? 1 : 0;
    while (at < expression.size() && expression[at] != ']') {
        at += expression[at] == '\\' ? 2 : 1;
    }
    return at;
}

// Escapes of one letter. Others take further characters: \Q quotes, \c and \x{ denote a character.
constexpr std::string_view kOneLetterEscapes = "dDwWsShHvVbBAzZGKRXnrtfae";

// Group openings whose text is part of the expression. Other groups hold comments, options or
// callouts.
constexpr std::string_view kGroups = ":|=!><P'";

// Returns true if a bar or parenthesis may be literal in a way that only PCRE's grammar decides.
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

// "a|b" has no common prefix; "^(a|b)" has its bar in parentheses.
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

// Returns true if a quantifier may apply to the character before `rest`. Comments, callouts, \E and
// empty quotations do not separate the two.
bool may_be_quantified(std::string_view rest) noexcept {
    return rest.starts_with('*') || rest.starts_with('?') || rest.starts_with('{') ||
           rest.starts_with("\\E") || rest.starts_with("\\Q") || rest.starts_with("(?#") ||
           rest.starts_with("(?C");
}

constexpr std::string_view kSpecial = ".[({^$)|*+?";

}  // namespace

std::string regex_literal_prefix(std::string_view expression) {
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
    // A quantifier may allow zero repetitions: drop the character, also if an empty item is
    // between.
    if (!head.empty() && may_be_quantified(expression)) {
        head.pop_back();
    }
    return head;
}

}  // namespace social::base
