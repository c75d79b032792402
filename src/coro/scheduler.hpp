// Runs objects after the current event handler. So waking a coroutine never resumes it inside the
// call that wakes it.
//
// loop/async_scope implements it on nginx's posted events. Unit tests use a queue of turns.
#pragma once

namespace social::flow {

// A member of at most one intrusive list. The destructor unlinks it.
class ListHook {
public:
    ListHook() = default;
    ListHook(const ListHook&) = delete;
    ListHook& operator=(const ListHook&) = delete;
    ~ListHook() { unlink(); }

    // Has no effect on a hook in no list.
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

// An intrusive list of T, which derives from ListHook. It owns no members; they may outlive it.
template <class T>
class HookList {
public:
    [[nodiscard]] bool empty() const noexcept { return ends_.next_ == &ends_; }
    // The list is not empty.
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
    // Calls next.run() once, after this call has returned. Destroying `next` cancels that.
    virtual void schedule(Runnable& next) noexcept = 0;

protected:
    ~Scheduler() = default;
};

}  // namespace social::flow
