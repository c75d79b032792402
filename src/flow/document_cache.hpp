// A document that somebody else publishes, kept by one worker. One fetch at a time: other callers
// wait for its outcome, or go on with what is known. What is known stays when a fetch fails.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "coro/result_task.hpp"
#include "coro/task.hpp"
#include "coro/wait_queue.hpp"
#include "flow/clock.hpp"

namespace social::flow {

template <class T>
class DocumentCache {
public:
    // Shared: callers go on with the document that they began with while another replaces it.
    using Document = std::shared_ptr<const T>;

    // Both outlive the object, which outlives its Tasks.
    DocumentCache(const Clock& clock, Scheduler& scheduler) noexcept
        : clock_(clock), scheduler_(scheduler) {}
    DocumentCache(const DocumentCache&) = delete;
    DocumentCache& operator=(const DocumentCache&) = delete;
    ~DocumentCache() = default;

    // nullptr before the first fetch that succeeded.
    [[nodiscard]] const Document& known() const noexcept { return document_; }
    [[nodiscard]] bool fetching() const noexcept { return fetching_; }

    // A document that is at most `max_age` seconds old if that can be had, else an older one.
    // Throws Failure where there is none. `fetch` runs only where it is due: not soon after a
    // failure.
    [[nodiscard]] Task<Document> get(std::int64_t max_age, Task<T> fetch) {
        while (fetching_ && !document_) {
            co_await fetch_ended();
        }
        if (!fetching_ && is_due(max_age)) {
            co_await refresh(std::move(fetch));
        }
        if (!document_) {
            throw Failure(*failure_);
        }
        co_return document_;
    }

    // Fetches in any case. False where that failed: see failure(). Not while fetching().
    Task<bool> refresh(Task<T> fetch) {
        const Fetching mark(*this);
        Result<T> fetched = co_await as_result(std::move(fetch));
        if (fetched) {
            document_ = std::make_shared<const T>(std::move(*fetched));
            fetched_at_ = clock_.now();
            failure_.reset();
        } else {
            failure_ = std::move(fetched.error());
            failed_at_ = clock_.now();
        }
        co_return !failure_;
    }

    // Of the last fetch.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

    // Waits until the fetch that is under way has ended, in whatever way.
    [[nodiscard]] Task<void> fetch_ended() {
        WaitQueue<>::Waiter ended(fetch_ended_, scheduler_);
        co_await ended;
    }

private:
    static constexpr std::int64_t kAfterFailure = 10;  // seconds until the next try

    // Lives in the frame that fetches, which may vanish with its client.
    class Fetching {
    public:
        explicit Fetching(DocumentCache& cache) noexcept : cache_(cache) {
            cache_.fetching_ = true;
        }
        Fetching(const Fetching&) = delete;
        Fetching& operator=(const Fetching&) = delete;
        ~Fetching() {
            cache_.fetching_ = false;
            cache_.fetch_ended_.resolve_all();
        }

    private:
        DocumentCache& cache_;
    };

    [[nodiscard]] bool is_due(std::int64_t max_age) const noexcept {
        const std::int64_t now = clock_.now();
        if (failure_ && now < failed_at_ + kAfterFailure) {
            return false;
        }
        return !document_ || now >= fetched_at_ + max_age;
    }

    const Clock& clock_;
    Scheduler& scheduler_;
    Document document_;
    std::int64_t fetched_at_ = 0;
    std::optional<Error> failure_;
    std::int64_t failed_at_ = 0;
    bool fetching_ = false;
    WaitQueue<> fetch_ended_;
};

}  // namespace social::flow
