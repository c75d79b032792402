// The master key of a gateway without social_keyring. It is generated at start and lives in a
// separate small zone only. So it survives every reload, also one that resizes the session zone.
//
// Declared at configuration time. bytes() is valid once nginx has created its zones. The object
// lives as long as the configuration that declared it.
#pragma once

#include "crypto/keyring.hpp"
#include "ngx/ngx.hpp"

namespace social::store {

class EphemeralKey {
public:
    EphemeralKey() = default;
    EphemeralKey(const EphemeralKey&) = delete;
    EphemeralKey& operator=(const EphemeralKey&) = delete;

    // Returns false if nginx refused the zone; nginx has logged the reason. `module` is the zone's
    // tag.
    [[nodiscard]] bool declare(ngx_conf_t* cf, ngx_module_t& module) noexcept;

    [[nodiscard]] const crypto::KeyBytes& bytes() const noexcept { return *bytes_; }

private:
    static ngx_int_t on_zone(ngx_shm_zone_t* zone, void* earlier) noexcept;
    [[nodiscard]] bool open(ngx_shm_zone_t& zone, bool reused);

    const crypto::KeyBytes* bytes_ = nullptr;
};

}  // namespace social::store
