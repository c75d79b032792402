// MemoryStore::locked(): work under the lock of the zone, after a repair where one is due. For the
// files of MemoryStore alone.
#pragma once

#include "store/memory_store.hpp"

namespace social::store {

class ZoneLock {
public:
    explicit ZoneLock(ngx_slab_pool_t& slab) noexcept : slab_(slab) {
        ngx_shmtx_lock(&slab_.mutex);
    }
    ZoneLock(const ZoneLock&) = delete;
    ZoneLock& operator=(const ZoneLock&) = delete;
    ~ZoneLock() { ngx_shmtx_unlock(&slab_.mutex); }

private:
    ngx_slab_pool_t& slab_;
};

template <class Work>
auto MemoryStore::locked(Work work) {
    bool repaired = false;
    const auto run = [&] {
        const ZoneLock lock(*slab_);
        repaired = zone_->sessions().recover();
        return work(*zone_);
    };
    auto result = run();
    if (repaired) {
        ngx_log_error(NGX_LOG_WARN, ngx_cycle->log, 0,
                      "social: the session store was repaired, since a process died in the "
                      "middle of a change");
    }
    return result;
}

}  // namespace social::store
