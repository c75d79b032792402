// A flow of a request that waits for something. The worker knows of all of them, so that one
// that ends at once cancels them while what they wait for is still there.
#pragma once

namespace social::ngx {

class Suspended {
public:
    Suspended(const Suspended&) = delete;
    Suspended& operator=(const Suspended&) = delete;

    // Destroys the waiting frames.
    virtual void cancel() noexcept = 0;

protected:
    Suspended() = default;
    ~Suspended() = default;

private:
    friend class SuspendedFlows;
    Suspended** place_ = nullptr;  // what points to it; nullptr: it is in no list
    Suspended* next_ = nullptr;
};

// A list of them that needs no memory of its own.
class SuspendedFlows {
public:
    // `flow` is in no list.
    void enter(Suspended& flow) noexcept {
        flow.place_ = &first_;
        flow.next_ = first_;
        if (first_ != nullptr) {
            first_->place_ = &flow.next_;
        }
        first_ = &flow;
    }

    // Does nothing where `flow` is in no list.
    static void leave(Suspended& flow) noexcept {
        if (flow.place_ == nullptr) {
            return;
        }
        *flow.place_ = flow.next_;
        if (flow.next_ != nullptr) {
            flow.next_->place_ = flow.place_;
        }
        flow.place_ = nullptr;
    }

    // All of them, and the list is empty: they may outlive it.
    void cancel() noexcept {
        while (first_ != nullptr) {
            Suspended& flow = *first_;
            leave(flow);
            flow.cancel();
        }
    }

private:
    Suspended* first_ = nullptr;
};

}  // namespace social::ngx
