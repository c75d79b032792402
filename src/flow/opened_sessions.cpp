#include "flow/opened_sessions.hpp"

#include "base/secret.hpp"

namespace social::flow {

SharedRecord share(session::Record record) {
    return {new session::Record(std::move(record)), [](session::Record* last) {
                base::wipe(last->body);
                delete last;
            }};
}

const OpenedSessions::Place* OpenedSessions::find(const session::StoreKey& key) const noexcept {
    if (places_.empty()) {
        return nullptr;
    }
    const Place* place = &places_[first_place(key)];
    for (const Place* end = place + kWays; place != end; ++place) {
        if (place->record != nullptr && place->key == key) {
            return place;
        }
    }
    return nullptr;
}

SharedRecord OpenedSessions::remember(const session::StoreKey& key, session::Opened opened,
                                      std::string sealed) {
    const bool keeps = opened.record.origin != session::Origin::stale && !opened.under_old_key &&
                       opened.record.body.size() <= kLongest &&
                       opened.sealing <= session::kLongestSealing;
    SharedRecord record = share(std::move(opened.record));
    if (keeps) {
        if (places_.empty()) {
            places_.resize(kPlaces);
        }
        place_for(key) = {
            .key = key, .sealed = std::move(sealed), .sealing = opened.sealing, .record = record};
    }
    return record;
}

// A key is a digest: any of its bytes spread well.
std::size_t OpenedSessions::first_place(const session::StoreKey& key) noexcept {
    std::uint64_t mark = 0;
    std::memcpy(&mark, key.data(), sizeof(mark));
    return static_cast<std::size_t>(mark % (kPlaces / kWays)) * kWays;
}

// Its own, where it has one; else an empty one, else each of those that it may have in turn.
OpenedSessions::Place& OpenedSessions::place_for(const session::StoreKey& key) noexcept {
    const std::size_t first = first_place(key);
    Place* empty = nullptr;
    for (std::size_t i = first; i < first + kWays; ++i) {
        if (places_[i].record == nullptr) {
            empty = &places_[i];
        } else if (places_[i].key == key) {
            return places_[i];
        }
    }
    if (empty != nullptr) {
        return *empty;
    }
    turn_ = (turn_ + 1) % kWays;
    return places_[first + turn_];
}

}  // namespace social::flow
