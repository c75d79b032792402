// MemoryStore::locked(): runs a function under the zone's lock, after recover(). Only MemoryStore's
// source files include this.
#pragma once

#include "loop/error_log.hpp"
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

// Logs a repair after the lock is released, since logging may block.
struct RepairReport {
    bool due = false;
    ~RepairReport() {
        if (due) {
            loop::write_limited(ngx_cycle->log,
                                {.level = NGX_LOG_WARN,
                                 .text = {"social: the session store was repaired, since a process "
                                          "died in the middle of a change"}});
        }
    }
};

template <class Work>
auto MemoryStore::locked(Work work) {
    RepairReport report;
    const ZoneLock lock(*slab_);
    report.due = zone_->sessions().recover();
    return work(*zone_);
}

}  // namespace social::store
