// How a directive is read: nginx's setter gets one shape, and a setter of ours
// gets another that can only parse and validate. A failed one ends `nginx -t`
// with one line that names the directive, what is wrong with it and the way out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "ngx/conf_message.hpp"
#include "ngx/ngx.hpp"

namespace social::ngx {

// One directive as it stands in the file. Text lives as long as the configuration.
struct Directive {
    ngx_conf_t* cf;
    std::string_view name;
    std::vector<std::string_view> values;  // without the name
};

[[nodiscard]] Directive read_directive(ngx_conf_t* cf);

// A value that may hold variables, or nullptr after nginx has logged why not.
[[nodiscard]] ngx_http_complex_value_t* compile_value(ngx_conf_t* cf, ngx_str_t text);

// The index of the variable that `text` is ("$name"), and nothing for any other value.
[[nodiscard]] std::optional<ngx_uint_t> only_variable(ngx_conf_t* cf, std::string_view text);

// nginx's setter for `set`, which takes the settings of the directive's context.
template <class Settings, Result<void> (*set)(Directive&, Settings&)>
char* on_directive(ngx_conf_t* cf, ngx_command_t* /*command*/, void* conf) noexcept {
    // The line of a block is that of its begin, and not that of the brace that ends it.
    const DirectivePosition at = position(cf);
    const std::string_view name = view(*static_cast<const ngx_str_t*>(cf->args->elts));
    try {
        Directive directive = read_directive(cf);
        const Result<void> done = set(directive, *static_cast<Settings*>(conf));
        if (done) {
            return NGX_CONF_OK;
        }
        log_conf_error(cf, {at, name}, done.error());
    } catch (const std::exception& exception) {
        log_conf_error(cf, {at, name}, Error{Kind::internal, "cannot be read", exception.what()});
    }
    return static_cast<char*>(NGX_CONF_ERROR);
}

// One row of a block's table: bare words, as in nginx's own blocks. A row that does not repeat
// stands once in a block.
template <class Target>
struct Member {
    std::string_view name;
    std::size_t min_values;
    std::size_t max_values;
    Result<void> (*set)(Directive&, Target&);
    bool repeats = false;
};

// Calls `on_member` for each directive of the block that has just been opened.
[[nodiscard]] Result<void> parse_block(ngx_conf_t* cf,
                                       char* (*on_member)(ngx_conf_t*, ngx_command_t*, void*),
                                       void* state) noexcept;

template <class Target>
class Block {
public:
    Block(Target& target, std::span<const Member<Target>> members)
        : target_(target), members_(members) {}

    [[nodiscard]] Result<void> parse(ngx_conf_t* cf) noexcept {
        return parse_block(cf, &Block::on_member, this);
    }

private:
    static char* on_member(ngx_conf_t* cf, ngx_command_t* /*command*/, void* state) noexcept {
        auto* self = static_cast<Block*>(state);
        return on_directive<Block, &Block::set_member>(cf, nullptr, self);
    }

    static Result<void> set_member(Directive& directive, Block& self) {
        const auto member = std::ranges::find(self.members_, directive.name, &Member<Target>::name);
        if (member == self.members_.end()) {
            return fail(Kind::bad_request, "is unknown in this block");
        }
        if (directive.values.size() < member->min_values ||
            directive.values.size() > member->max_values) {
            return fail(Kind::bad_request, "has the wrong number of values");
        }
        if (std::ranges::find(self.given_, member->name) != self.given_.end()) {
            return fail(Kind::bad_request, "is duplicate");
        }
        if (!member->repeats) {
            self.given_.push_back(member->name);
        }
        return member->set(directive, self.target_);
    }

    Target& target_;
    std::span<const Member<Target>> members_;
    std::vector<std::string_view> given_;
};

}  // namespace social::ngx
