#include "worker/password_check.hpp"

#include <algorithm>

#if (NGX_THREADS)

#include <crypt.h>
#include <openssl/crypto.h>

#include <functional>
#include <memory>

#include "loop/thread_job.hpp"

#endif

namespace social::ngx {

std::size_t parallel_hashes(ngx_cycle_t* cycle) noexcept {
    const auto* core =
        reinterpret_cast<ngx_core_conf_t*>(ngx_get_conf(cycle->conf_ctx, ngx_core_module));
    const ngx_int_t workers = std::max<ngx_int_t>(core->worker_processes, 1);
    return static_cast<std::size_t>(std::max<ngx_int_t>(ngx_ncpu / workers, 1));
}

#if (NGX_THREADS)

namespace {

struct WipeAndDelete {
    void operator()(crypt_data* data) const noexcept {
        OPENSSL_cleanse(data, sizeof(*data));
        delete data;
    }
};

// Runs in a thread of the pool. crypt_r() leaves a copy of the password in `data`.
bool matches(const base::Secret& password, const std::string& hash) {
    const std::unique_ptr<crypt_data, WipeAndDelete> data(new crypt_data{});
    std::string phrase(password.reveal());
    const char* computed = crypt_r(phrase.c_str(), hash.c_str(), data.get());
    base::wipe(phrase);
    return computed != nullptr && base::equal_in_constant_time(computed, hash);
}

}  // namespace

flow::Task<bool> password_fits(PasswordWork work, base::Secret password, std::string hash) {
    flow::Semaphore::Acquire acquire(work.hashing);
    const flow::Permit permit = co_await acquire;
    std::function<bool()> job = [password = std::move(password), hash = std::move(hash)] {
        return matches(password, hash);
    };
    co_return co_await loop::run_in_thread<bool>(work.pool, std::move(job));
}

#endif

}  // namespace social::ngx
