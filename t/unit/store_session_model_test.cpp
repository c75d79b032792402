#include <iterator>
#include <list>
#include <map>
#include <random>
#include <string>
#include <vector>
#include "catch.hpp"

#include "shm/session_table.hpp"
#include "store_fixture.hpp"

using social::flow::StoredSession;
using social::store::BlockPool;
using social::store::Saved;
using social::store::SessionTable;
using social::store::fixture::key_of;
using social::store::fixture::kNow;

namespace {

// What the table promises, in the plainest terms. Times are unique, so that there is one
// right answer to who expires first.
class Model {
public:
    explicit Model(std::uint64_t blocks) : blocks_(blocks) {}

    bool load(std::uint64_t number, std::int64_t now, std::string& out) {
        const auto it = live(number, now);
        if (it == all_.end()) {
            return false;
        }
        order_.remove(number);
        order_.push_front(number);
        out = it->second.sealed;
        return true;
    }
    void save(std::uint64_t number, const StoredSession& session, std::int64_t now) {
        erase(number);
        for (int i = 0; i < 4; ++i) {
            expire_one(now);
        }
        const auto needed = cost(session);
        while (used_ + needed > blocks_) {
            if (!expire_one(now)) {
                erase(order_.back());
                ++evicted;
            }
        }
        all_.emplace(number, session);
        order_.push_front(number);
        by_expiry_[session.expires_at] = number;
        used_ += needed;
    }
    bool replace(std::uint64_t number, const StoredSession& session, std::uint64_t expected,
                 std::int64_t now) {
        const auto it = live(number, now);
        if (it == all_.end() || it->second.generation != expected) {
            return false;
        }
        for (int i = 0; i < 4; ++i) {
            expire_one(now);
        }
        used_ -= cost(it->second);
        while (used_ + cost(session) > blocks_) {
            if (!expire_one(now)) {
                erase(order_.back() == number ? *std::next(order_.rbegin()) : order_.back());
                ++evicted;
            }
        }
        used_ += cost(session);
        by_expiry_.erase(it->second.expires_at);
        by_expiry_[session.expires_at] = number;
        it->second = session;
        return true;
    }
    bool remove(std::uint64_t number, std::int64_t now) {
        const bool there = live(number, now) != all_.end();
        erase(number);
        return there;
    }
    std::uint64_t remove_owner(std::uint64_t owner, std::int64_t now) {
        std::vector<std::uint64_t> theirs;
        std::uint64_t alive = 0;
        for (const auto& [number, session] : all_) {
            if (session.owner == owner) {
                theirs.push_back(number);
                alive += session.expires_at > now ? 1 : 0;
            }
        }
        for (const auto number : theirs) {
            erase(number);
        }
        return alive;
    }
    std::uint64_t sweep(std::int64_t now, std::uint64_t limit) {
        std::uint64_t swept = 0;
        while (swept < limit && expire_one(now)) {
            ++swept;
        }
        return swept;
    }
    [[nodiscard]] std::size_t size() const { return all_.size(); }

    std::uint64_t evicted = 0;

private:
    using All = std::map<std::uint64_t, StoredSession>;

    static std::uint64_t cost(const StoredSession& session) {
        return 1 + BlockPool::blocks_for(session.sealed.size());
    }
    All::iterator live(std::uint64_t number, std::int64_t now) {
        const auto it = all_.find(number);
        if (it != all_.end() && it->second.expires_at <= now) {
            erase(number);
            return all_.end();
        }
        return it;
    }
    void erase(std::uint64_t number) {
        if (const auto it = all_.find(number); it != all_.end()) {
            used_ -= cost(it->second);
            by_expiry_.erase(it->second.expires_at);
            order_.remove(number);
            all_.erase(it);
        }
    }
    bool expire_one(std::int64_t now) {
        if (by_expiry_.empty() || by_expiry_.begin()->first > now) {
            return false;
        }
        erase(by_expiry_.begin()->second);
        return true;
    }

    std::uint64_t blocks_;
    std::uint64_t used_ = 0;
    All all_;
    std::list<std::uint64_t> order_;  // the latest used first
    std::map<std::int64_t, std::uint64_t> by_expiry_;
};

// The table and its model, which must answer every question alike.
class Pair {
public:
    Pair()
        : memory_(128 * 1024 / sizeof(Line)),
          table(std::as_writable_bytes(std::span(memory_))),
          model(table.statistics().bytes_total / sizeof(social::store::Block)) {
        table.format();
    }

    void step(int number_of_step) {
        const std::uint64_t number = below(300);
        const StoredSession entry = random_session(number, number_of_step);
        const std::uint64_t kind = below(20);
        if (kind == 0) {
            REQUIRE(table.remove(entry.key, now_) == model.remove(number, now_));
        } else if (kind == 1) {
            const std::uint64_t owner = below(60);  // most have no session
            REQUIRE(table.remove_owner(owner, now_) ==
                    (owner == 0 ? 0 : model.remove_owner(owner, now_)));
        } else if (kind == 2) {
            REQUIRE(table.sweep(now_, 3) == model.sweep(now_, 3));
        } else if (kind < 6) {
            const std::uint64_t expected = below(3);
            REQUIRE((table.replace(entry, {.expected = expected, .now = now_}) == Saved::stored) ==
                    model.replace(number, entry, expected, now_));
        } else if (kind < 10) {
            REQUIRE(table.save(entry, now_) == Saved::stored);
            model.save(number, entry, now_);
        } else {
            std::string ours;
            std::string theirs;
            REQUIRE(table.load(entry.key, now_, ours) == model.load(number, now_, theirs));
            REQUIRE(ours == theirs);
        }
        REQUIRE(table.statistics().sessions == model.size());
        now_ += static_cast<std::int64_t>(below(2'000'000));
    }

private:
    struct alignas(64) Line {
        std::byte bytes[64];
    };

    std::uint64_t below(std::uint64_t end) { return random_() % end; }

    StoredSession random_session(std::uint64_t number, int number_of_step) {
        StoredSession entry;
        entry.key = key_of(number);
        entry.sealed.assign(below(8) == 0 ? below(6000) : 500 + below(900),
                            static_cast<char>('a' + below(26)));
        entry.owner = below(10);
        // The low part is the step's own, so no two times are equal.
        const auto coarse = (now_ / kUnit + 1 + static_cast<std::int64_t>(below(500))) * kUnit;
        entry.expires_at = coarse + number_of_step;
        entry.refresh_at = below(2) == 0 ? 0 : entry.expires_at - 1;
        entry.generation = below(3);
        return entry;
    }

    static constexpr std::int64_t kUnit = 4'000'000;
    std::vector<Line> memory_;
    std::mt19937_64 random_{2026};
    std::int64_t now_ = kNow;

public:
    SessionTable table;
    Model model;
};

}  // namespace

TEST_CASE("Two hundred thousand random operations do what a plain map would do", "[store]") {
    Pair pair;
    for (int i = 0; i < 200'000; ++i) {
        pair.step(i);
    }
    const auto statistics = pair.table.statistics();
    CHECK(statistics.evicted == pair.model.evicted);
    CHECK(statistics.evicted > 1000);
    CHECK(statistics.expired > 1000);
    CHECK(statistics.repaired == 0);
    CHECK_FALSE(pair.table.recover());
}
