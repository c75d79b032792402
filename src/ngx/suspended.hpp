// A flow of a request that waits for something. The worker knows of all of them, so that one
// that ends at once cancels them while what they wait for is still there.
#pragma once

namespace social::ngx {

class Suspended {
public:
    // Destroys the waiting frames.
    virtual void cancel() noexcept = 0;

protected:
    ~Suspended() = default;
};

}  // namespace social::ngx
