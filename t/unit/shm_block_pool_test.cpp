#include "shm/block_pool.hpp"

#include <set>
#include <string>
#include <vector>
#include "catch.hpp"

using social::store::Block;
using social::store::BlockPool;
using social::store::Index;
using social::store::kBlockPayload;
using social::store::kNone;
using social::store::PoolState;

namespace {

struct Fixture {
    explicit Fixture(std::size_t count) : blocks(count), pool(state, blocks) { pool.format(); }

    PoolState state{};
    std::vector<Block> blocks;
    BlockPool pool;
};

std::string text(std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) {
        out.push_back(static_cast<char>('a' + i % 23));
    }
    return out;
}

}  // namespace

TEST_CASE("A value of any length comes back as it was written", "[shm]") {
    Fixture fixture(64);
    for (const std::size_t size : {std::size_t{1}, kBlockPayload - 1, kBlockPayload,
                                   kBlockPayload + 1, 10 * kBlockPayload, std::size_t{1400}}) {
        const auto chain = fixture.pool.allocate(BlockPool::blocks_for(size));
        REQUIRE(chain);
        const std::string value = text(size);
        fixture.pool.write(chain->first, value);
        std::string back(size, '\0');
        CHECK(fixture.pool.read(chain->first, back));
        CHECK(back == value);
        fixture.pool.release(*chain);
        CHECK(fixture.pool.free() == 64);
    }
}

TEST_CASE("The pool hands out every block once, and no more than it has", "[shm]") {
    Fixture fixture(10);
    std::set<Index> seen;
    const auto walk = [&](Index first, Index count) {
        for (Index i = 0; i < count; ++i) {
            CHECK(seen.insert(first).second);
            first = fixture.pool.next(first);
        }
        CHECK(first == kNone);
    };
    const auto large = fixture.pool.allocate(7);
    REQUIRE(large);
    walk(large->first, 7);
    CHECK(fixture.pool.free() == 3);
    CHECK_FALSE(fixture.pool.allocate(4));
    CHECK(fixture.pool.free() == 3);
    const auto rest = fixture.pool.allocate(3);
    REQUIRE(rest);
    walk(rest->first, 3);
    CHECK(seen.size() == 10);
    CHECK_FALSE(fixture.pool.allocate(1));
    CHECK_FALSE(fixture.pool.allocate(0));
}

TEST_CASE("Freed blocks of different chains serve one longer chain, so nothing fragments",
          "[shm]") {
    Fixture fixture(12);
    std::vector<social::store::Chain> chains;
    for (int i = 0; i < 6; ++i) {
        chains.push_back(*fixture.pool.allocate(2));
    }
    for (std::size_t i = 0; i < 6; i += 2) {
        fixture.pool.release(chains[i]);
    }
    const auto joined = fixture.pool.allocate(6);
    REQUIRE(joined);
    const std::string value = text(6 * kBlockPayload);
    fixture.pool.write(joined->first, value);
    std::string back(value.size(), '\0');
    CHECK(fixture.pool.read(joined->first, back));
    CHECK(back == value);
    CHECK(fixture.pool.free() == 0);
}

TEST_CASE("A pool that was never used touches none of its blocks", "[shm]") {
    Fixture fixture(8);
    for (auto& block : fixture.blocks) {
        block.next = 12345;
    }
    CHECK(fixture.pool.free() == 8);
    CHECK(fixture.pool.fresh() == 0);
    REQUIRE(fixture.pool.allocate(2));
    CHECK(fixture.pool.fresh() == 2);
    CHECK(fixture.blocks[2].next == 12345);
}

TEST_CASE("A damaged list of free blocks gives no block and leaves the memory alone", "[shm]") {
    Fixture fixture(8);
    const auto chain = fixture.pool.allocate(4);
    fixture.pool.release(*chain);
    fixture.blocks[fixture.pool.next(chain->first)].next = 4000;
    CHECK_FALSE(fixture.pool.allocate(4));

    std::string out(4 * kBlockPayload, '\0');
    CHECK_FALSE(fixture.pool.read(chain->first, out));
}
