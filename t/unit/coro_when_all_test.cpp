#include "coro/when_all.hpp"

#include <stdexcept>
#include <string>
#include <vector>
#include "catch.hpp"

#include "flow_driver.hpp"

using social::flow::Task;
using social::flow::when_all;
using social::test::run;
using social::test::TestDriver;
using social::test::Turns;

namespace {

// Counts the live frames, to detect cancellation.
class Alive {
public:
    explicit Alive(int& count) : count_(count) { ++count_; }
    Alive(const Alive&) = delete;
    Alive& operator=(const Alive&) = delete;
    ~Alive() { --count_; }

private:
    int& count_;
};

struct World {
    Turns turns;
    int alive = 0;
    int started = 0;
};

Task<std::string> work(World& world, int waits, std::string answer) {
    const Alive alive(world.alive);
    ++world.started;
    for (int i = 0; i < waits; ++i) {
        co_await Turns::Wait(world.turns);
    }
    co_return answer;
}

Task<int> failing(World& world, int waits) {
    const Alive alive(world.alive);
    ++world.started;
    for (int i = 0; i < waits; ++i) {
        co_await Turns::Wait(world.turns);
    }
    throw std::runtime_error("failed");
}

Task<std::string> both(World& world, int first, int second) {
    auto [a, b] = co_await when_all(work(world, first, "a"), work(world, second, "b"));
    co_return a + b;
}

Task<std::string> one_fails(World& world, int good, int bad) {
    auto [a, b] = co_await when_all(work(world, good, "a"), failing(world, bad));
    co_return a + std::to_string(b);
}

Task<std::string> failure_first(World& world, int bad, int good) {
    auto [b, a] = co_await when_all(failing(world, bad), work(world, good, "a"));
    co_return a + std::to_string(b);
}

Task<std::string> nested(World& world) {
    auto [a, b, c] = co_await when_all(both(world, 1, 2), work(world, 0, "-"), both(world, 0, 0));
    co_return a + b + c;
}

}  // namespace

TEST_CASE("when_all() returns values in the order of the tasks, whichever completes first",
          "[coro]") {
    for (int first = 0; first < 4; ++first) {
        for (int second = 0; second < 4; ++second) {
            World world;
            Task<std::string> task = both(world, first, second);
            CHECK(run(task, world.turns) == "ab");
            CHECK(world.alive == 0);
        }
    }
}

TEST_CASE("when_all() starts both tasks before the first one completes", "[coro]") {
    World world;
    TestDriver driver;
    Task<std::string> task = both(world, 1, 1);
    task.start(driver);
    CHECK(world.turns.waiting() == 2);
    CHECK(world.turns.step(1));
    CHECK_FALSE(task.done());
    CHECK(world.turns.step());
    REQUIRE(task.done());
    CHECK(task.take() == "ab");
    CHECK(driver.resumed == 2);
}

TEST_CASE("tasks that never suspend are joined without a loop iteration", "[coro]") {
    World world;
    world.turns.asynchronous = false;
    TestDriver driver;
    Task<std::string> task = both(world, 3, 3);
    task.start(driver);
    REQUIRE(task.done());
    CHECK(task.take() == "ab");
    CHECK(driver.resumed == 0);
}

TEST_CASE("when_all() rethrows the first failure and cancels the other tasks", "[coro]") {
    for (int good = 0; good < 4; ++good) {
        for (int bad = 0; bad < 4; ++bad) {
            INFO(good << " " << bad);
            World world;
            Task<std::string> task = one_fails(world, good, bad);
            CHECK_THROWS_AS(run(task, world.turns), std::runtime_error);
            CHECK(world.alive == 0);
            CHECK(world.turns.waiting() == 0);

            World mirrored;
            Task<std::string> other = failure_first(mirrored, bad, good);
            CHECK_THROWS_AS(run(other, mirrored.turns), std::runtime_error);
            CHECK(mirrored.alive == 0);
            CHECK(mirrored.turns.waiting() == 0);
        }
    }
}

TEST_CASE("when_all() does not start a task after a synchronous failure", "[coro]") {
    World world;
    Task<std::string> task = failure_first(world, 0, 1);
    CHECK_THROWS_AS(run(task, world.turns), std::runtime_error);
    CHECK(world.started == 1);
}

TEST_CASE("when_all() rethrows a failure before the other task completes", "[coro]") {
    World world;
    TestDriver driver;
    Task<std::string> task = one_fails(world, 9, 1);
    task.start(driver);
    CHECK(world.turns.step(1));
    CHECK(task.done());
    CHECK(world.turns.waiting() == 0);
}

TEST_CASE("destroying the parent of when_all() cancels every child", "[coro]") {
    for (int steps = 0; steps < 4; ++steps) {
        World world;
        TestDriver driver;
        {
            Task<std::string> task = both(world, 2, 3);
            task.start(driver);
            for (int i = 0; i < steps; ++i) {
                CHECK(world.turns.step());
            }
            CHECK_FALSE(task.done());
        }
        CHECK(world.alive == 0);
        CHECK(world.turns.waiting() == 0);
    }
}

TEST_CASE("a parent of when_all() that is never started leaks nothing", "[coro]") {
    World world;
    {
        const Task<std::string> task = both(world, 1, 1);
    }
    CHECK(world.started == 0);
}

TEST_CASE("when_all() nests and takes more than two tasks", "[coro]") {
    World world;
    Task<std::string> task = nested(world);
    CHECK(run(task, world.turns) == "ab-ab");
    CHECK(world.alive == 0);
}
