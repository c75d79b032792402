#include "shm/zone_takeover.hpp"

#include <algorithm>

#include "shm/memory_zone.hpp"

namespace social::store {

namespace {

// The configuration's zone for sessions, or nullptr.
const ngx_shm_zone_t* find_sessions(const ngx_cycle_t& cycle, const ngx_module_t& module) noexcept {
    for (const ngx_list_part_t* part = &cycle.shared_memory.part; part != nullptr;
         part = part->next) {
        const auto* zones = static_cast<const ngx_shm_zone_t*>(part->elts);
        const auto* end = zones + part->nelts;
        const auto* found = std::find_if(zones, end, [&module](const ngx_shm_zone_t& zone) {
            return zone.tag == &module && is_zone_of_sessions(ngx::view(zone.shm.name));
        });
        if (found != end) {
            return found;
        }
    }
    return nullptr;
}

}  // namespace

bool drops_sessions(const ngx_cycle_t& cycle, const ngx_module_t& module) noexcept {
    const ngx_cycle_t* earlier = cycle.old_cycle;
    if (earlier == nullptr || earlier->conf_ctx == nullptr) {
        return false;
    }
    const ngx_shm_zone_t* before = find_sessions(*earlier, module);
    const ngx_shm_zone_t* now = find_sessions(cycle, module);
    return before != nullptr && (now == nullptr || now->shm.addr != before->shm.addr);
}

}  // namespace social::store
