// Counts requests by provider and $social_result for social_status, in a small shared zone. The
// zone survives reloads that keep the list of providers. Counting is one atomic addition without a
// lock.
//
// Declared at configuration time, and usable once nginx has created its zones.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ngx/ngx.hpp"

namespace social::store {

// All values of $social_result. The fixed list bounds the number of metric labels.
inline constexpr std::array<std::string_view, 25> kResults = {
    "session",      "admitted",       "redirected",      "connected",    "unauthenticated",
    "not_found",    "quota_exceeded", "outside_window",  "granted",      "landed",
    "deleted",      "throttled",      "login_refused",   "wrong_site",   "refused",
    "bad_callback", "bad_request",    "provider_failed", "store_failed", "quota_unchecked",
    "deauthorized", "data_deleted",   "deletion_status", "status",       "error"};

// The values of $social_store, and counters of the workers' Redis connections.
enum class Extra : std::uint8_t {
    hit,
    miss,
    stale,
    redis_commands,
    redis_failures,
    redis_connects
};
inline constexpr std::size_t kExtras = 6;

class RequestCounts {
public:
    // `providers` has the providers' names. Returns nullptr if nginx refused the zone; nginx has
    // logged the reason.
    [[nodiscard]] static std::unique_ptr<RequestCounts> create(ngx_conf_t* cf, ngx_module_t& module,
                                                               std::vector<std::string> providers);
    RequestCounts(const RequestCounts&) = delete;
    RequestCounts& operator=(const RequestCounts&) = delete;

    // A provider that is not configured counts as "", and a result that is not listed as "error".
    struct Outcome {
        std::string_view provider;
        std::string_view result;
    };
    void count(const Outcome& outcome) noexcept;
    void add(Extra extra, std::uint64_t count) noexcept;

    // Sorted names. The first one is "", for requests without a provider.
    [[nodiscard]] const std::vector<std::string>& providers() const noexcept { return providers_; }
    // Indexes of providers() and kResults.
    struct Row {
        std::size_t provider;
        std::size_t result;
    };
    [[nodiscard]] std::uint64_t at(const Row& place) const noexcept;
    [[nodiscard]] std::uint64_t at(Extra extra) const noexcept;

private:
    using Cell = std::atomic<std::uint64_t>;

    explicit RequestCounts(std::vector<std::string> providers);
    static ngx_int_t on_zone(ngx_shm_zone_t* zone, void* earlier) noexcept;
    [[nodiscard]] bool open(ngx_shm_zone_t& zone, bool reused) noexcept;
    [[nodiscard]] std::size_t cells() const noexcept;
    [[nodiscard]] Cell& cell(const Row& place) const noexcept;

    std::vector<std::string> providers_;
    std::uint64_t layout_ = 0;  // digest of the providers and the results
    Cell* cells_ = nullptr;     // the layout, the extras, and one row per provider
};

}  // namespace social::store
