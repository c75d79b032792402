// Reads the settings of nginx's proxy module that change the upstream request. These are the
// method, and the forwarding of the client's body and header fields.
//
// nginx declares these settings in no public header. The module's command table has the offset of
// each value.
#pragma once

#include <cstddef>
#include <optional>

#include "ngx/ngx.hpp"

namespace social::ngx {

class ProxyModule {
public:
    // Returns nullopt if nginx has no proxy module, or one with other directives.
    [[nodiscard]] static std::optional<ProxyModule> find(const ngx_cycle_t& cycle) noexcept;

    // `contexts` is the loc_conf of a location. Valid as long as the configuration.
    [[nodiscard]] const ngx_http_upstream_conf_t& upstream(void** contexts) const noexcept;

    // The value of proxy_method, or nullptr. Valid after the locations are merged.
    [[nodiscard]] ngx_http_complex_value_t* method(void** contexts) const noexcept;

    // The value of proxy_set_body, not compiled, or empty. Valid after the locations are merged.
    [[nodiscard]] ngx_str_t body(void** contexts) const noexcept;

private:
    [[nodiscard]] const unsigned char* settings(void** contexts) const noexcept;

    ngx_uint_t index_ = 0;  // ctx_index: the position in loc_conf
    std::size_t upstream_ = 0;
    std::size_t method_ = 0;
    std::size_t body_ = 0;
};

}  // namespace social::ngx
