// Runs things behind what the event loop is doing: whoever wakes a coroutine never resumes it
// inside its own call.
//
// loop/async_scope implements it on nginx's posted events; unit tests with their queue of turns.
#pragma once

namespace social::flow {

// A member of at most one intrusive list. It leaves the list when it is destroyed.
class ListHook {
public:
    ListHook() = default;
    ListHook(const ListHook&) = delete;
    ListHook& operator=(const ListHook&) = delete;
    ~ListHook() { unlink(); }

    void unlink() noexcept {
        next_->previous_ = previous_;
        previous_->next_ = next_;
        next_ = this;
        previous_ = this;
    }

private:
    template <class T>
    friend class HookList;

    ListHook* next_ = this;
    ListHook* previous_ = this;
};

// Refers to objects of T, which derive from ListHook. They may outlive the list.
template <class T>
class HookList {
public:
    [[nodiscard]] bool empty() const noexcept { return ends_.next_ == &ends_; }
    [[nodiscard]] T& front() noexcept { return static_cast<T&>(*ends_.next_); }

    // `member` is in no list.
    void push_back(T& member) noexcept {
        ListHook& hook = member;
        hook.previous_ = ends_.previous_;
        hook.next_ = &ends_;
        ends_.previous_->next_ = &hook;
        ends_.previous_ = &hook;
    }

private:
    ListHook ends_;
};

class Runnable : public ListHook {
public:
    // May destroy the object.
    virtual void run() noexcept = 0;

protected:
    ~Runnable() = default;
};

class Scheduler {
public:
    // Calls next.run() once, unless `next` is destroyed before.
    virtual void schedule(Runnable& next) noexcept = 0;

protected:
    ~Scheduler() = default;
};

}  // namespace social::flow
