// nginx's proxy module, as far as its directives change what goes upstream: the method, and
// whether the client's body and header fields are passed on.
//
// Its settings have no public header. The table of its directives does: each row has the offset
// of a value in them.
#pragma once

#include <cstddef>
#include <optional>

#include "ngx/ngx.hpp"

namespace social::ngx {

class ProxyModule {
public:
    // Nothing where this nginx has no such module, or one with other directives.
    [[nodiscard]] static std::optional<ProxyModule> find(const ngx_cycle_t& cycle) noexcept;

    // The settings of a location: `contexts` is its loc_conf.
    [[nodiscard]] const ngx_http_upstream_conf_t& upstream(void** contexts) const noexcept;

    // Of proxy_method; nullptr where there is none. Valid once locations have been merged.
    [[nodiscard]] ngx_http_complex_value_t* method(void** contexts) const noexcept;

    // Of proxy_set_body, not compiled; empty where there is none. Valid as method() is.
    [[nodiscard]] ngx_str_t body(void** contexts) const noexcept;

private:
    [[nodiscard]] const unsigned char* settings(void** contexts) const noexcept;

    ngx_uint_t index_ = 0;  // among the settings of a location
    std::size_t upstream_ = 0;
    std::size_t method_ = 0;
    std::size_t body_ = 0;
};

}  // namespace social::ngx
