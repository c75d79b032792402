// The master key of a gateway without social_keyring: made at the first start, in a
// small zone of its own, so that it outlives every reload, also one that changes the
// size of the session zone. It is never written anywhere else.
//
// Declared at configuration time; bytes() is there once nginx has made its zones,
// that is in workers. The object lives as long as the configuration that declared it.
#pragma once

#include "crypto/keyring.hpp"
#include "ngx/ngx.hpp"

namespace social::store {

class EphemeralKey {
public:
    EphemeralKey() = default;
    EphemeralKey(const EphemeralKey&) = delete;
    EphemeralKey& operator=(const EphemeralKey&) = delete;

    // False when nginx refused, and said why. `module` keeps zones of other modules apart.
    [[nodiscard]] bool declare(ngx_conf_t* cf, ngx_module_t& module) noexcept;

    [[nodiscard]] const crypto::KeyBytes& bytes() const noexcept { return *bytes_; }

private:
    static ngx_int_t on_zone(ngx_shm_zone_t* zone, void* earlier) noexcept;
    [[nodiscard]] bool open(ngx_shm_zone_t& zone, bool reused);

    const crypto::KeyBytes* bytes_ = nullptr;
};

}  // namespace social::store
