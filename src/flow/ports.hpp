// The ports of the flows that refresh, log in and revoke, in one place. Each is an interface with a
// header of its own: loop/ and store/ implement it, and unit tests with a fake, so that a flow can
// be tested to the byte without nginx, a network or a clock.
//
// All strings that a port takes are values or outlive the awaited call.
#pragma once

#include "coro/scheduler.hpp"
#include "flow/clock.hpp"
#include "flow/http.hpp"
#include "flow/leases.hpp"
#include "flow/one_time_values.hpp"
#include "flow/session_store.hpp"

namespace social::flow {

class Issuers;

// All outlive the flows.
struct Ports {
    Http& http;
    SessionStore& store;
    OneTimeValues& one_time_values;
    Leases& leases;
    const Clock& clock;
    Timer& timer;
    Scheduler& scheduler;
    Issuers* issuers = nullptr;  // flow/issuers; none where no flow speaks OpenID Connect
};

}  // namespace social::flow
