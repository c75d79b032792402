// An nginx event that belongs to no connection: a timer, or a turn at the end of
// the loop (a posted event). Its destructor cancels, so it is a member of whatever
// it wakes.
//
// Made and used on a worker's loop only.
#pragma once

#include <chrono>

#include "ngx/ngx.hpp"

namespace social::loop {

// Whether a worker that exits gracefully waits for an armed timer: nginx leaves
// as soon as only cancelable timers are left.
enum class OnExit { wait, abandon };

// What `data` of an event without connection points to. nginx's debug log reads
// ((ngx_connection_t*) data)->fd, so there must be one at that place.
struct EventIdent {
    void* owner = nullptr;
    void* unused[2] = {};
    ngx_socket_t fd = -1;
};
static_assert(offsetof(EventIdent, fd) == offsetof(ngx_connection_t, fd));

// As nginx counts it; a negative duration is none.
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

    // Replaces a timer that is already armed. A negative delay is none.
    void arm(std::chrono::milliseconds delay) noexcept;
    void disarm() noexcept { ngx::delete_timer(event_); }
    [[nodiscard]] bool armed() const noexcept { return event_.timer_set != 0; }

    // Only from within the loop: before its first turn nothing wakes it for a
    // posted event, so code of init_process arms a timer instead.
    void post() noexcept { ngx::post_event(event_); }

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
