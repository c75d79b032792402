// Caches one document of a remote publisher in one worker. Concurrent callers share one fetch
// (single flight). They wait for it only if no document is cached. A failed fetch keeps the cached
// document.
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
    // Shared, so that a caller can use its document after a fetch has replaced it.
    using Document = std::shared_ptr<const T>;

    // Both outlive the object. The object outlives its Tasks.
    DocumentCache(const Clock& clock, Scheduler& scheduler) noexcept
        : clock_(clock), scheduler_(scheduler) {}
    DocumentCache(const DocumentCache&) = delete;
    DocumentCache& operator=(const DocumentCache&) = delete;
    ~DocumentCache() = default;

    // Returns the cached document, or nullptr before the first successful fetch.
    [[nodiscard]] const Document& known() const noexcept { return document_; }
    [[nodiscard]] bool fetching() const noexcept { return fetching_; }

    // Returns the document. Runs `fetch` first if the document is `max_age` seconds old. It does
    // not while another fetch is in progress, nor for 10 seconds after a failure. Throws Failure
    // with the error of the last fetch if no document is cached.
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

    // Always fetches. Returns false on an error: see failure(). Precondition: not fetching().
    Task<bool> refresh(Task<T> fetch) {
        const Fetching guard(*this);
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

    // The error of the last fetch; nullopt if it succeeded.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }

    // Waits until the fetch in progress succeeds, fails or is cancelled.
    [[nodiscard]] Task<void> fetch_ended() {
        WaitQueue<>::Waiter ended(fetch_ended_, scheduler_);
        co_await ended;
    }

private:
    static constexpr std::int64_t kAfterFailure = 10;  // seconds from a failure to the next fetch

    // Lives in the frame of the fetch, which is destroyed if its client disconnects.
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
