#include "base/form.hpp"

#include <algorithm>
#include <utility>

#include "base/percent.hpp"
#include "base/secret.hpp"

namespace social::base {

namespace {

Result<std::string> decoded(std::string_view text) {
    auto plain = form_decode(text);
    // A C function would truncate the text there, crypt(3) for example (CWE-158).
    if (plain && plain->contains('\0')) {
        wipe(*plain);
        return fail(Kind::bad_request, "a form field holds a NUL octet");
    }
    return plain;
}

}  // namespace

RawField take_field(std::string_view& rest, std::string_view separators) noexcept {
    // Compares with each separator in turn: find_first_of() calls memchr() for every character.
    const auto* const stop = std::ranges::find_if(rest, [separators](char c) {
        return std::ranges::any_of(separators, [c](char separator) { return c == separator; });
    });
    const auto end = static_cast<std::size_t>(stop - rest.begin());
    const auto piece = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));

    const auto equals = piece.find('=');
    if (equals == std::string_view::npos) {
        return {.name = piece, .value = {}, .has_equals = false};
    }
    return {.name = piece.substr(0, equals), .value = piece.substr(equals + 1), .has_equals = true};
}

Form::~Form() {
    for (FormField& field : fields_) {
        wipe(field.value);
    }
}

Result<Form> Form::parse(std::string_view raw, FormLimits limits) {
    if (raw.size() > limits.bytes) {
        return fail(Kind::bad_request, "the form is too large");
    }
    // Reserve first: a growing vector would leave unwiped copies of short values.
    const auto pieces = static_cast<std::size_t>(std::ranges::count(raw, '&')) + 1;
    Form form;
    form.fields_.reserve(std::min(pieces, limits.fields));

    while (!raw.empty()) {
        const RawField piece = take_field(raw);
        if (piece.name.empty() && !piece.has_equals) {
            continue;
        }
        if (form.fields_.size() == limits.fields) {
            return fail(Kind::bad_request, "the form has too many fields");
        }
        auto name = decoded(piece.name);
        if (!name) {
            return std::unexpected(std::move(name.error()));
        }
        auto value = decoded(piece.value);
        if (!value) {
            return std::unexpected(std::move(value.error()));
        }
        form.fields_.emplace_back(std::move(*name), std::move(*value));
        wipe(*value);  // a short string leaves its octets behind when it is moved
    }
    return form;
}

}  // namespace social::base
