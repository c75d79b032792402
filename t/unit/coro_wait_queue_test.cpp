#include "coro/wait_queue.hpp"

#include <list>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "coro/semaphore.hpp"
#include "coro/with_background_task.hpp"
#include "flow_driver.hpp"

using namespace social;
using flow::Task;
using flow::WaitQueue;

namespace {

Task<std::string> wait_in(WaitQueue<std::string>& queue, flow::Scheduler& scheduler) {
    WaitQueue<std::string>::Waiter waiter(queue, scheduler);
    std::string value = co_await waiter;
    co_return value;
}

Task<void> wait_for(WaitQueue<>& queue, flow::Scheduler& scheduler) {
    WaitQueue<>::Waiter waiter(queue, scheduler);
    co_await waiter;
}

// Coroutines that wait in one queue, each with a driver of its own.
struct Waiters {
    test::Turns turns;
    WaitQueue<std::string> queue;
    std::list<Task<std::string>> tasks;
    test::TestDriver driver;

    explicit Waiters(int count) {
        for (int i = 0; i < count; ++i) {
            add();
        }
    }
    Task<std::string>& add() {
        tasks.push_back(wait_in(queue, turns));
        tasks.back().start(driver);
        return tasks.back();
    }
    Task<std::string>& at(int index) { return *std::next(tasks.begin(), index); }
    void finish() {
        while (turns.step()) {
        }
    }
};

struct Work {
    int inside = 0;
    int most = 0;
    int finished = 0;
};

Task<void> work_under(flow::Semaphore& semaphore, test::Turns& turns, Work& work) {
    flow::Semaphore::Acquire acquire(semaphore);
    const flow::Permit permit = co_await acquire;
    work.most = std::max(work.most, ++work.inside);
    co_await test::Turns::Wait(turns);
    --work.inside;
    ++work.finished;
}

}  // namespace

TEST_CASE("waiters are resolved in the order of their arrival", "[coro]") {
    Waiters waiters(3);
    CHECK(waiters.queue.size() == 3);
    waiters.queue.resolve_front("first");
    CHECK(waiters.queue.size() == 2);
    CHECK_FALSE(waiters.at(0).done());
    waiters.finish();
    CHECK(waiters.at(0).take() == "first");
    CHECK_FALSE(waiters.at(1).done());
    waiters.queue.resolve_all("others");
    CHECK(waiters.queue.empty());
    waiters.finish();
    CHECK(waiters.at(1).take() == "others");
    CHECK(waiters.at(2).take() == "others");
}

TEST_CASE("a waiter that comes after resolve_all() waits for the next one", "[coro]") {
    Waiters waiters(1);
    waiters.queue.resolve_all("now");
    waiters.add();
    waiters.finish();
    CHECK(waiters.at(0).done());
    CHECK_FALSE(waiters.at(1).done());
    CHECK(waiters.queue.size() == 1);
}

TEST_CASE("a destroyed waiter leaves the queue, in each position and state", "[coro]") {
    for (int gone = 0; gone < 4; ++gone) {
        for (const bool resolved : {false, true}) {
            INFO("waiter " << gone << ", resolved " << resolved);
            Waiters waiters(4);
            if (resolved) {
                waiters.queue.resolve_all("value");
            }
            waiters.at(gone).reset();
            CHECK(waiters.queue.size() == (resolved ? 0U : 3U));
            if (!resolved) {
                waiters.queue.resolve_all("value");
            }
            waiters.finish();
            for (int i = 0; i < 4; ++i) {
                CHECK(waiters.at(i).done() == (i != gone));
            }
        }
    }
}

TEST_CASE("a resumed waiter may destroy those that were resolved with it", "[coro]") {
    test::Turns turns;
    test::TestDriver driver;
    WaitQueue<> queue;
    Task<void> second;
    const auto destroy_second = [](WaitQueue<>& waited, flow::Scheduler& scheduler,
                                   Task<void>& other) -> Task<void> {
        WaitQueue<>::Waiter waiter(waited, scheduler);
        co_await waiter;
        other.reset();
    };
    Task<void> first = destroy_second(queue, turns, second);
    second = wait_for(queue, turns);
    first.start(driver);
    second.start(driver);
    queue.resolve_all();
    while (turns.step()) {
    }
    CHECK(first.done());
    CHECK_FALSE(turns.step());
    CHECK(driver.resumed == 1);
}

TEST_CASE("when_any() completes with the first task and cancels the other", "[coro]") {
    test::Turns turns;
    test::TestDriver driver;
    WaitQueue<> one;
    WaitQueue<> other;
    for (WaitQueue<>* first : {&one, &other}) {
        Task<void> task = flow::when_any(wait_for(one, turns), wait_for(other, turns));
        task.start(driver);
        CHECK_FALSE(task.done());
        first->resolve_all();
        while (turns.step()) {
        }
        CHECK(task.done());
        CHECK(one.empty());
        CHECK(other.empty());
    }
}

TEST_CASE("a semaphore never exceeds its permits, and serves every waiter", "[coro]") {
    test::Turns turns;
    test::TestDriver driver;
    flow::Semaphore semaphore(2, turns);
    Work work;
    std::list<Task<void>> tasks;
    for (int i = 0; i < 7; ++i) {
        tasks.push_back(work_under(semaphore, turns, work));
        tasks.back().start(driver);
    }
    while (turns.step()) {
    }
    CHECK(work.most == 2);
    CHECK(work.finished == 7);
}

TEST_CASE("a permit is not lost when a frame is destroyed at any moment", "[coro]") {
    for (int steps = 0; steps < 6; ++steps) {
        for (int gone = 0; gone < 3; ++gone) {
            INFO("frame " << gone << " after " << steps << " steps");
            test::Turns turns;
            test::TestDriver driver;
            flow::Semaphore semaphore(1, turns);
            Work work;
            std::vector<Task<void>> tasks;
            for (int i = 0; i < 3; ++i) {
                tasks.push_back(work_under(semaphore, turns, work));
                tasks.back().start(driver);
            }
            for (int i = 0; i < steps; ++i) {
                turns.step();
            }
            tasks[static_cast<std::size_t>(gone)].reset();
            work.inside = 0;
            work.most = 0;
            Task<void> last = work_under(semaphore, turns, work);
            last.start(driver);
            while (turns.step()) {
            }
            CHECK(last.done());
            CHECK(work.most <= 1);
        }
    }
}
