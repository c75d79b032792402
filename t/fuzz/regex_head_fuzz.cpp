// The literal prefix of a location's regular expression. The first line is the expression, the rest
// a text. If PCRE2 matches the text, it starts with the prefix.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <memory>
#include <string>

#include "base/regex_literal_prefix.hpp"
#include "fuzz.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

struct CodeDelete {
    void operator()(pcre2_code* code) const noexcept { pcre2_code_free(code); }
};
struct MatchDelete {
    void operator()(pcre2_match_data* data) const noexcept { pcre2_match_data_free(data); }
};
struct ContextDelete {
    void operator()(pcre2_match_context* context) const noexcept {
        pcre2_match_context_free(context);
    }
};

PCRE2_SPTR octets(std::string_view text) {
    return reinterpret_cast<PCRE2_SPTR>(text.data());
}

bool matches(std::string_view expression, std::string_view text) {
    static const std::unique_ptr<pcre2_match_context, ContextDelete> bounded = [] {
        std::unique_ptr<pcre2_match_context, ContextDelete> made(
            pcre2_match_context_create(nullptr));
        pcre2_set_match_limit(made.get(), 1000);
        pcre2_set_depth_limit(made.get(), 100);
        return made;
    }();
    int error = 0;
    PCRE2_SIZE at = 0;
    const std::unique_ptr<pcre2_code, CodeDelete> code(
        pcre2_compile(octets(expression), expression.size(), 0, &error, &at, nullptr));
    if (code == nullptr) {
        return false;
    }
    const std::unique_ptr<pcre2_match_data, MatchDelete> data(
        pcre2_match_data_create_from_pattern(code.get(), nullptr));
    return pcre2_match(code.get(), octets(text), text.size(), 0, 0, data.get(), bounded.get()) >= 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = text_of(data, size);
    const std::string_view expression = take_line(text);
    const std::string head = base::regex_literal_prefix(expression);
    require(head.size() <= expression.size());
    if (head.empty()) {
        return 0;
    }
    require(!matches(expression, text) || text.starts_with(head));
    // The expression does not match its literal prefix without the last character.
    const std::string shorter = head.substr(0, head.size() - 1);
    require(!matches(expression, shorter));
    require(!matches(expression, "/" + head) || ("/" + head).starts_with(head));
    return 0;
}
