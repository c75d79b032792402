// Adapts nginx's setter of a directive to a typed setter that only parses and validates. A failed
// setter ends `nginx -t` with one line. The line names the directive, the mistake and the remedy.
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

// One directive as written. Its texts live as long as the configuration.
struct Directive {
    ngx_conf_t* cf;
    std::string_view name;
    std::vector<std::string_view> values;  // without the name
};

// The directive that is being parsed. Throws std::bad_alloc.
[[nodiscard]] Directive read_directive(ngx_conf_t* cf);

// Compiles a value that may contain variables. Returns nullptr after nginx has logged the error.
// The value lives in the configuration's pool.
[[nodiscard]] ngx_http_complex_value_t* compile_value(ngx_conf_t* cf, ngx_str_t text);

// The index of the variable if `text` is a single one ("$name"). Returns nullopt for any other
// text.
[[nodiscard]] std::optional<ngx_uint_t> only_variable(ngx_conf_t* cf, std::string_view text);

// nginx's setter for `set`. `conf` points to the settings of the directive's context.
template <class Settings, Result<void> (*set)(Directive&, Settings&)>
char* on_directive(ngx_conf_t* cf, ngx_command_t* /*command*/, void* conf) noexcept {
    // Taken before the setter runs: cf->conf_file->line of a block moves to its closing brace.
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

// One row of a block's table; the members of a block have no prefix. A member may occur once unless
// `repeats` is true.
template <class Target>
struct Member {
    std::string_view name;
    std::size_t min_values;
    std::size_t max_values;
    Result<void> (*set)(Directive&, Target&);
    bool repeats = false;
};

// Calls `on_member` for each directive up to the closing brace of the current block. Returns
// kAlreadyLogged after an error.
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
