// A suspended flow of a request. The worker lists all of them. A worker that exits at once cancels
// them while the objects that they wait for still exist.
#pragma once

namespace social::ngx {

class Suspended {
public:
    Suspended(const Suspended&) = delete;
    Suspended& operator=(const Suspended&) = delete;

    // Destroys the suspended coroutine frames.
    virtual void cancel() noexcept = 0;

protected:
    Suspended() = default;
    ~Suspended() = default;

private:
    friend class SuspendedFlows;
    Suspended** place_ = nullptr;  // the pointer to this object; nullptr: not in a list
    Suspended* next_ = nullptr;
};

// An intrusive list of suspended flows.
class SuspendedFlows {
public:
    // `flow` must not be in a list.
    void enter(Suspended& flow) noexcept {
        flow.place_ = &first_;
        flow.next_ = first_;
        if (first_ != nullptr) {
            first_->place_ = &flow.next_;
        }
        first_ = &flow;
    }

    // Does nothing if `flow` is not in a list.
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

    // Cancels all flows and empties the list. The flows may outlive the list.
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
