#include "loop/event.hpp"

namespace social::loop {

Event::Event(void* owner, Handler handler, OnExit on_exit) noexcept
    : owner_(owner), handler_(handler) {
    ident_.owner = this;
    event_.data = &ident_;
    event_.handler = &Event::on_event;
    event_.log = ngx_cycle->log;
    event_.cancelable = on_exit == OnExit::abandon ? 1 : 0;
}

void Event::arm(std::chrono::milliseconds delay) noexcept {
    ngx::restart_timer(event_, milliseconds_of(delay));
}

void Event::cancel() noexcept {
    ngx::delete_timer(event_);
    ngx::delete_posted_event(event_);
}

void Event::on_event(ngx_event_t* event) noexcept {
    auto* self = static_cast<Event*>(static_cast<EventIdent*>(event->data)->owner);
    event->timedout = 0;
    self->handler_(self->owner_);
}

}  // namespace social::loop
