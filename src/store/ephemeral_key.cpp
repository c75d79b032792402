#include "store/ephemeral_key.hpp"

#include "base/random.hpp"
#include "loop/guard.hpp"

namespace social::store {

using namespace ngx::literals;

bool EphemeralKey::declare(ngx_conf_t* cf, ngx_module_t& module) noexcept {
    ngx_str_t name = "social_keyring:1"_ns;      // role and version of the layout
    const std::size_t least = 8 * ngx_pagesize;  // nginx's minimum size of a zone
    ngx_shm_zone_t* zone = ngx_shared_memory_add(cf, &name, least, &module);
    if (zone == nullptr) {
        return false;
    }
    zone->init = on_zone;
    zone->data = this;
    return true;
}

ngx_int_t EphemeralKey::on_zone(ngx_shm_zone_t* zone, void* earlier) noexcept {
    return loop::guard(zone->shm.log, "making a key", NGX_ERROR, [zone, earlier] {
        auto* self = static_cast<EphemeralKey*>(zone->data);
        return self->open(*zone, earlier != nullptr) ? ngx_int_t{NGX_OK} : ngx_int_t{NGX_ERROR};
    });
}

bool EphemeralKey::open(ngx_shm_zone_t& zone, bool reused) {
    auto* slab = reinterpret_cast<ngx_slab_pool_t*>(zone.shm.addr);
    if (!reused) {
        void* memory = ngx_slab_alloc(slab, sizeof(crypto::KeyBytes));
        if (memory == nullptr) {
            return false;
        }
        auto* made = new (memory) crypto::KeyBytes;
        base::fill_random(*made);
        slab->data = made;
    }
    bytes_ = static_cast<const crypto::KeyBytes*>(slab->data);
    return true;
}

}  // namespace social::store
