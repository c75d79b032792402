// Untrusted JSON. Accepted text round-trips. It has no duplicate name, no NUL and no depth over the
// limit.
#include <algorithm>
#include <string>

#include "base/json.hpp"
#include "base/utf8.hpp"
#include "fuzz.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

constexpr std::size_t kDepth = 8;

// A value has one type, on which all accessors agree.
void check_value(const base::Json& value) {
    const int kinds = (value.is_object() ? 1 : 0) + (value.is_array() ? 1 : 0) +
                      (value.is_string() ? 1 : 0) + (value.is_boolean() ? 1 : 0) +
                      (value.is_null() ? 1 : 0) + (value.number() ? 1 : 0);
    require(value.present() && kinds <= 1);
    require(value.text().has_value() == value.is_string());
    require(value.boolean().has_value() == value.is_boolean());
    require(value.id().has_value() == (value.is_string() || value.number().has_value()));
    require(!value.text() || (base::is_utf8(*value.text()) && !value.text()->contains('\0')));
    require(!value.number() || value.lenient_number() == value.number());
    if (value.is_string()) {
        const auto again = base::Json::parse("[" + base::json_string(*value.text()) + "]");
        require(again && again->at(0).text() == value.text());
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
        check_value(value.at(i));
    }
    require(!value.at(value.size()).present());
}

std::size_t depth_of(std::string_view compact) {
    std::size_t depth = 0;
    std::size_t deepest = 0;
    bool quoted = false;
    for (std::size_t i = 0; i < compact.size(); ++i) {
        const char c = compact[i];
        if (c == '\\') {
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (!quoted && (c == '[' || c == '{')) {
            deepest = std::max(deepest, ++depth);
        } else if (!quoted && (c == ']' || c == '}')) {
            --depth;
        }
    }
    return deepest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = text_of(data, size);
    const auto json = base::Json::parse(text, {.bytes = 4096, .depth = kDepth});
    const auto deeper = base::Json::parse(text, {.bytes = 4096, .depth = kDepth + 8});
    if (!json) {
        require(json.error().kind == Kind::bad_request && json.error().detail.empty());
        require(!deeper || depth_of(deeper->dump()) > kDepth);
        return 0;
    }
    require(json->is_object() || json->is_array());
    check_value(*json);
    const std::string written = json->dump();
    require(base::is_utf8(written) && depth_of(written) <= kDepth);
    const auto again = base::Json::parse(written, {.bytes = written.size(), .depth = kDepth});
    require(again && again->dump() == written);
    base::Json wrapped = base::Json::object();
    wrapped.set("w", *json);
    require(base::Json::parse(wrapped.dump())->member("w").dump() == written);
    return 0;
}
