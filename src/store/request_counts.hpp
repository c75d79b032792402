// How often each thing became of a request, by provider, for social_status: counted by all
// workers in a small zone of its own, which is kept over reloads as long as the providers stay
// the same. Counting is one addition without a lock.
//
// Declared at configuration time, usable once nginx has made its zones.
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

// All words that $social_result may be, so that nothing from outside can make a label.
inline constexpr std::array<std::string_view, 25> kResults = {
    "session",      "admitted",       "redirected",      "connected",    "unauthenticated",
    "not_found",    "quota_exceeded", "outside_window",  "granted",      "landed",
    "deleted",      "throttled",      "login_refused",   "wrong_site",   "refused",
    "bad_callback", "bad_request",    "provider_failed", "store_failed", "quota_unchecked",
    "deauthorized", "data_deleted",   "deletion_status", "status",       "error"};

// $social_store, and what workers tell of their connections to Redis.
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
    // The providers' names; "" stands in front of them for requests of none. nullptr when
    // nginx refused, and said why.
    [[nodiscard]] static std::unique_ptr<RequestCounts> create(ngx_conf_t* cf, ngx_module_t& module,
                                                               std::vector<std::string> providers);
    RequestCounts(const RequestCounts&) = delete;
    RequestCounts& operator=(const RequestCounts&) = delete;

    // A provider that is none of ours counts as "", a word that is none as "error".
    struct Outcome {
        std::string_view provider;
        std::string_view result;
    };
    void count(const Outcome& outcome) noexcept;
    void add(Extra extra, std::uint64_t count) noexcept;

    [[nodiscard]] const std::vector<std::string>& providers() const noexcept { return providers_; }
    // By the places in providers() and kResults.
    struct Place {
        std::size_t provider;
        std::size_t result;
    };
    [[nodiscard]] std::uint64_t at(const Place& place) const noexcept;
    [[nodiscard]] std::uint64_t at(Extra extra) const noexcept;

private:
    using Cell = std::atomic<std::uint64_t>;

    explicit RequestCounts(std::vector<std::string> providers);
    static ngx_int_t on_zone(ngx_shm_zone_t* zone, void* earlier) noexcept;
    [[nodiscard]] bool open(ngx_shm_zone_t& zone, bool reused) noexcept;
    [[nodiscard]] std::size_t cells() const noexcept;
    [[nodiscard]] Cell& cell(const Place& place) const noexcept;

    std::vector<std::string> providers_;
    std::uint64_t layout_ = 0;  // of the providers and the words
    Cell* cells_ = nullptr;     // the layout, the extras, and a row for each provider
};

}  // namespace social::store
