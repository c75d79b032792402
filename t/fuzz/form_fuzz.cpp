// Untrusted query strings and form bodies. The result is compared with an octet-wise parser, and
// round-trips.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.hpp"
#include "base/form.hpp"
#include "base/percent.hpp"
#include "fuzz.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

std::optional<std::string> decoded(std::string_view text, char plus) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out += plus;
        } else if (text[i] != '%') {
            out += text[i];
        } else if (i + 2 < text.size() && base::hex_value(text[i + 1]) >= 0 &&
                   base::hex_value(text[i + 2]) >= 0) {
            out +=
                static_cast<char>(base::hex_value(text[i + 1]) << 4 | base::hex_value(text[i + 2]));
            i += 2;
        } else {
            return std::nullopt;
        }
    }
    return out;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

// Returns nullopt if a name or a value is malformed or contains a NUL.
std::optional<Fields> reference(std::string_view raw) {
    Fields fields;
    for (std::size_t begin = 0; begin <= raw.size();) {
        const std::size_t end = std::min(raw.find('&', begin), raw.size());
        const std::string_view piece = raw.substr(begin, end - begin);
        begin = end + 1;
        if (piece.empty()) {
            continue;
        }
        const std::size_t equals = std::min(piece.find('='), piece.size());
        const auto name = decoded(piece.substr(0, equals), ' ');
        const auto value = decoded(piece.substr(std::min(equals + 1, piece.size())), ' ');
        if (!name || !value || name->contains('\0') || value->contains('\0')) {
            return std::nullopt;
        }
        fields.emplace_back(*name, *value);
    }
    return fields;
}

Fields fields_of(const base::Form& form) {
    Fields fields;
    for (const base::FormField& field : form.fields()) {
        fields.emplace_back(field.name, field.value);
    }
    return fields;
}

void check_form(std::string_view raw) {
    constexpr base::FormLimits kLimits{.bytes = 512, .fields = 16};
    const auto form = base::Form::parse(raw, kLimits);
    const auto expected = reference(raw);
    if (raw.size() > kLimits.bytes || !expected || expected->size() > kLimits.fields) {
        require(!form && form.error().kind == Kind::bad_request);
        return;
    }
    require(form && fields_of(*form) == *expected);
    std::string again;
    for (const auto& [name, value] : *expected) {
        const auto count = std::ranges::count(*expected, name, &Fields::value_type::first);
        const base::Found found = form->find(name);
        require(found.once() == (count == 1));
        require(found.value == (count == 1 ? value : std::string()));
        again +=
            (again.empty() ? "" : "&") + base::form_encode(name) + "=" + base::form_encode(value);
    }
    const auto reread = base::Form::parse(again);
    require(reread && fields_of(*reread) == *expected);
}

void check_percent(std::string_view text) {
    const auto plain = base::percent_decode(text);
    const auto expected = decoded(text, '+');
    require(plain.has_value() == expected.has_value() && (!plain || *plain == *expected));

    const std::string encoded = base::percent_encode(text);
    require(std::ranges::all_of(encoded, [](char c) {
        return base::is_alnum(c) || std::string_view("-._~%").contains(c);
    }));
    require(base::percent_decode(encoded) == std::string(text));
    require(base::form_decode(base::form_encode(text)) == std::string(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    check_form(text);
    check_percent(text);
    return 0;
}
