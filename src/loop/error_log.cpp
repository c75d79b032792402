#include "loop/error_log.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <span>
#include <string>

#include "base/ascii.hpp"
#include "base/message_limit.hpp"
#include "base/random.hpp"
#include "crypto/digest.hpp"
#include "loop/guard.hpp"

namespace social::loop {

using namespace ngx::literals;

namespace {

// In shared memory.
struct LimitZone {
    std::array<std::uint8_t, 16> seed;  // random, since a provider influences the texts
    base::MessageLimit::State state;
};

// Its address is the zone's tag, which no other module has.
constexpr char kTag = 0;
constexpr auto kName = "social_log:1"_ns;  // role and version of the layout

ngx_int_t on_zone(ngx_shm_zone_t* zone, void* /*earlier*/) noexcept {
    return guard(zone->shm.log, "limit of the error log", ngx_int_t{NGX_ERROR}, [zone] {
        auto* slab = reinterpret_cast<ngx_slab_pool_t*>(zone->shm.addr);
        if (slab->data != nullptr) {
            return ngx_int_t{NGX_OK};  // an earlier cycle has initialized it
        }
        auto* limit = static_cast<LimitZone*>(ngx_slab_calloc(slab, sizeof(LimitZone)));
        if (limit == nullptr) {
            return ngx_int_t{NGX_ERROR};
        }
        base::fill_random(limit->seed);
        slab->data = limit;
        return ngx_int_t{NGX_OK};
    });
}

// The zone of the current cycle; nullptr if there is none yet.
ngx_slab_pool_t* find_zone() noexcept {
    const ngx_cycle_t* cycle = const_cast<const ngx_cycle_t*>(ngx_cycle);
    for (auto* part = &cycle->shared_memory.part; part != nullptr; part = part->next) {
        auto* zones = static_cast<ngx_shm_zone_t*>(part->elts);
        for (ngx_shm_zone_t& zone : std::span(zones, part->nelts)) {
            if (zone.tag == &kTag && zone.shm.addr != nullptr) {
                auto* slab = reinterpret_cast<ngx_slab_pool_t*>(zone.shm.addr);
                return slab->data != nullptr ? slab : nullptr;
            }
        }
    }
    return nullptr;
}

std::uint64_t hash_of(Parts parts, std::span<const std::uint8_t> seed) noexcept {
    std::array<char, 1024> text;
    auto end = std::ranges::copy(seed, text.begin()).out;
    for (const std::string_view part : parts) {
        const auto room = static_cast<std::size_t>(text.end() - end);
        end = std::ranges::copy(part.substr(0, room), end).out;
    }
    const crypto::Sha256Digest digest = crypto::sha256({text.begin(), end});
    std::uint64_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof(hash));
    return hash;
}

// Runs `work` under the zone's mutex with the limit and the hash of the kind. Returns `fallback` if
// there is no zone.
template <class Work, class Value>
Value with_limit(Parts kind, Value fallback, Work work) noexcept {
    ngx_slab_pool_t* slab = find_zone();
    if (slab == nullptr) {
        return fallback;
    }
    auto* zone = static_cast<LimitZone*>(slab->data);
    const std::uint64_t hash = hash_of(kind, zone->seed);
    ngx_shmtx_lock(&slab->mutex);
    const Value value = work(base::MessageLimit(zone->state), hash);
    ngx_shmtx_unlock(&slab->mutex);
    return value;
}

// Returns the number of suppressed messages to report; nullopt to suppress this one, too.
std::optional<std::uint64_t> admit(const Message& message) noexcept {
    const std::optional<std::uint64_t> written = 0;
    if (message.level > NGX_LOG_NOTICE) {
        return written;
    }
    return with_limit(message.kind.size() != 0 ? message.kind : message.text, written,
                      [](base::MessageLimit limit, std::uint64_t kind) noexcept {
                          return limit.admit(kind, ngx_current_msec);
                      });
}

// Never NGX_LOG_ALERT: nginx uses it for its own invariants.
ngx_uint_t level_of(Kind kind) noexcept {
    switch (kind) {
        case Kind::wrong_site:
        case Kind::bad_request:
        case Kind::bad_callback:
        case Kind::login_refused:
        case Kind::unauthenticated:
        case Kind::not_found:
            return NGX_LOG_INFO;
        case Kind::provider_rejected:
        case Kind::provider_unavailable:
        case Kind::store_unavailable:
            return NGX_LOG_ERR;
        case Kind::internal:
            break;
    }
    return NGX_LOG_CRIT;
}

// Messages of one incident differ in ports, times and counts, so the kind omits digits.
std::string_view without_digits(std::string_view text, std::span<char> buffer) noexcept {
    auto end = buffer.begin();
    for (const char c : text.substr(0, buffer.size())) {
        if (!base::is_digit(c)) {
            *end++ = c;
        }
    }
    return {buffer.begin(), end};
}

}  // namespace

bool declare_log_limit(ngx_conf_t* cf) noexcept {
    ngx_str_t name = kName;
    const std::size_t least = 8 * ngx_pagesize;  // nginx's minimum for a slab pool
    ngx_shm_zone_t* zone = ngx_shared_memory_add(cf, &name, least, const_cast<char*>(&kTag));
    if (zone == nullptr) {
        return false;
    }
    zone->init = on_zone;
    return true;
}

void write_limited(ngx_log_t* log, const Message& message) noexcept {
    if (log->log_level < message.level) {
        return;
    }
    const std::optional<std::uint64_t> suppressed = admit(message);
    if (!suppressed) {
        return;
    }
    std::array<char, NGX_MAX_ERROR_STR> line;
    auto end = line.begin();
    const auto add = [&](std::string_view part) {
        const auto room = static_cast<std::size_t>(line.end() - end);
        end = std::ranges::copy(part.substr(0, room), end).out;
    };
    std::ranges::for_each(message.text, add);
    if (*suppressed > 0) {
        std::array<char, 20> digits;
        const auto written = std::to_chars(digits.begin(), digits.end(), *suppressed);
        add(", similar messages suppressed: ");
        add({digits.begin(), written.ptr});
    }
    ngx::write_log(log, message.level, {std::string_view(line.begin(), end)});
}

void log_error(ngx_log_t* log, const Error& error, std::string_view provider) noexcept {
    const ngx_uint_t level = level_of(error.kind);
    const std::string_view colon = error.detail.empty() ? "" : ": ";
    // Requests and jobs report different symptoms of one store failure, so the kind omits them.
    if (error.kind == Kind::store_unavailable) {
        write_limited(log, {.level = level,
                            .text = {"social: ", error.what, colon, error.detail},
                            .kind = {"social: ", error.what}});
        return;
    }
    const std::string_view label = provider.empty() ? "" : ", provider: ";
    std::array<char, 256> words;
    const std::string_view symptom = error.kind == Kind::provider_unavailable
                                         ? without_digits(error.detail, words)
                                         : std::string_view(error.detail);
    write_limited(log, {.level = level,
                        .text = {"social: ", error.what, colon, error.detail, label, provider},
                        .kind = {"social: ", error.what, colon, symptom, label, provider}});
}

void end_incident(Parts kind) noexcept {
    with_limit(kind, true, [](base::MessageLimit limit, std::uint64_t hash) noexcept {
        limit.end_incident(hash);
        return true;
    });
}

std::uint64_t suppressed_messages() noexcept {
    const ngx_slab_pool_t* slab = find_zone();
    return slab == nullptr ? 0 : static_cast<LimitZone*>(slab->data)->state.suppressed;
}

}  // namespace social::loop
