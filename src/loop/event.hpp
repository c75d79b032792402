// An nginx event without a connection: a timer, or a posted event at the end of the loop iteration.
// The destructor cancels, so it is a member of the object that it calls.
//
// Used only on a worker's event loop.
#pragma once

#include <chrono>

#include "ngx/ngx.hpp"

namespace social::loop {

// wait: a graceful exit waits for the armed timer. abandon: the timer is `cancelable`, and nginx
// exits as soon as only such timers are left.
enum class OnExit { wait, abandon };

// The `data` of an event without a connection. nginx's debug log reads
// ((ngx_connection_t*) data)->fd, so `fd` must be at that offset.
struct EventIdent {
    void* owner = nullptr;
    void* unused[2] = {};
    ngx_socket_t fd = -1;
};
static_assert(offsetof(EventIdent, fd) == offsetof(ngx_connection_t, fd));

// In nginx's unit. A negative duration becomes 0.
[[nodiscard]] constexpr ngx_msec_t milliseconds_of(std::chrono::milliseconds duration) noexcept {
    return duration.count() > 0 ? static_cast<ngx_msec_t>(duration.count()) : 0;
}

class Event {
public:
    // Calls (owner.*Member)(), which may destroy the event.
    template <auto Member, class Owner>
    [[nodiscard]] static Event calling(Owner& owner, OnExit on_exit = OnExit::wait) noexcept {
        static_assert(noexcept((owner.*Member)()));
        return Event(
            &owner, [](void* self) noexcept { (static_cast<Owner*>(self)->*Member)(); }, on_exit);
    }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { cancel(); }

    // Arms or re-arms the timer. A negative delay becomes 0.
    void arm(std::chrono::milliseconds delay) noexcept;
    void disarm() noexcept { ngx::delete_timer(event_); }
    [[nodiscard]] bool armed() const noexcept { return event_.timer_set != 0; }

    // Runs the event at the end of this loop iteration. Only from the loop: before the first
    // iteration nothing wakes epoll for a posted event. Code in init_process arms a timer instead.
    void post() noexcept { ngx::post_event(event_); }

    // Disarms the timer and removes the posted event.
    void cancel() noexcept;

private:
    using Handler = void (*)(void* owner) noexcept;

    Event(void* owner, Handler handler, OnExit on_exit) noexcept;
    static void on_event(ngx_event_t* event) noexcept;

    ngx_event_t event_{};
    EventIdent ident_;
    void* owner_;
    Handler handler_;
};

}  // namespace social::loop
