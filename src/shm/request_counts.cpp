#include "shm/request_counts.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "crypto/digest.hpp"

namespace social::store {

namespace {

constexpr std::string_view kLayoutVersion = "1";
constexpr std::size_t kNameSize = 48;  // bytes, of the zone's name

std::uint64_t layout_of(const std::vector<std::string>& providers) {
    std::string text(kLayoutVersion);
    text.append("\n");
    for (const std::string& name : providers) {
        text.append(name).append("\n");
    }
    for (const std::string_view word : kResults) {
        text.append(word).append("\n");
    }
    const crypto::Sha256Digest digest = crypto::sha256(text);
    std::uint64_t layout = 0;
    std::memcpy(&layout, digest.data(), sizeof(layout));
    return layout | 1U;  // never 0, the value in a new zone
}

}  // namespace

RequestCounts::RequestCounts(std::vector<std::string> providers)
    : providers_(std::move(providers)) {
    std::ranges::sort(providers_);
    providers_.insert(providers_.begin(), std::string());
    layout_ = layout_of(providers_);
}

std::unique_ptr<RequestCounts> RequestCounts::create(ngx_conf_t* cf, ngx_module_t& module,
                                                     std::vector<std::string> providers) {
    std::unique_ptr<RequestCounts> counts(new RequestCounts(std::move(providers)));
    // The name has the layout's digest, so nginx allocates new memory for another layout.
    std::array<u_char, kNameSize> text;
    const u_char* end =
        ngx_slprintf(text.begin(), text.end(), "social_status:%016xL", counts->layout_);
    ngx_str_t name =
        ngx::copy(cf->pool, std::string_view(reinterpret_cast<const char*>(text.data()),
                                             static_cast<std::size_t>(end - text.data())));
    // Plus the slab allocator's overhead. Large allocations are whole pages.
    const std::size_t size = (counts->cells() * sizeof(Cell) / ngx_pagesize + 10) * ngx_pagesize;
    ngx_shm_zone_t* zone = ngx_shared_memory_add(cf, &name, size, &module);
    if (zone == nullptr) {
        return nullptr;
    }
    zone->init = on_zone;
    zone->data = counts.get();
    return counts;
}

ngx_int_t RequestCounts::on_zone(ngx_shm_zone_t* zone, void* earlier) noexcept {
    auto* self = static_cast<RequestCounts*>(zone->data);
    return self->open(*zone, earlier != nullptr) ? NGX_OK : NGX_ERROR;
}

// Memory of the previous configuration is not changed here. Its workers still run, and continue if
// nginx refuses the new configuration.
bool RequestCounts::open(ngx_shm_zone_t& zone, bool reused) noexcept {
    auto* slab = reinterpret_cast<ngx_slab_pool_t*>(zone.shm.addr);
    if (!reused) {
        slab->data = ngx_slab_calloc(slab, cells() * sizeof(Cell));
    }
    cells_ = static_cast<Cell*>(slab->data);
    if (cells_ == nullptr) {
        return false;
    }
    if (!reused) {
        cells_[0] = layout_;
    }
    if (cells_[0].load(std::memory_order_relaxed) != layout_) {
        ngx_log_error(NGX_LOG_EMERG, zone.shm.log, 0,
                      "social: zone \"%V\" holds another layout, restart nginx", &zone.shm.name);
        return false;
    }
    return true;
}

std::size_t RequestCounts::cells() const noexcept {
    return 1 + kExtras + providers_.size() * kResults.size();
}

RequestCounts::Cell& RequestCounts::cell(const Row& place) const noexcept {
    return cells_[1 + kExtras + place.provider * kResults.size() + place.result];
}

void RequestCounts::count(const Outcome& outcome) noexcept {
    const auto* word = std::ranges::find(kResults, outcome.result);
    const auto known = std::ranges::lower_bound(providers_, outcome.provider);
    const bool ours = known != providers_.end() && *known == outcome.provider;
    const Row place{
        .provider = ours ? static_cast<std::size_t>(known - providers_.begin()) : 0,
        .result = static_cast<std::size_t>(std::min(word, kResults.end() - 1) - kResults.begin())};
    cell(place).fetch_add(1, std::memory_order_relaxed);
}

void RequestCounts::add(Extra extra, std::uint64_t count) noexcept {
    cells_[1 + static_cast<std::size_t>(extra)].fetch_add(count, std::memory_order_relaxed);
}

std::uint64_t RequestCounts::at(const Row& place) const noexcept {
    return cell(place).load(std::memory_order_relaxed);
}

std::uint64_t RequestCounts::at(Extra extra) const noexcept {
    return cells_[1 + static_cast<std::size_t>(extra)].load(std::memory_order_relaxed);
}

}  // namespace social::store
