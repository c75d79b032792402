// The ports of the login, refresh and revocation flows. Each is an interface with a header of its
// own. http_client, loop, store and worker implement them. Unit tests use fakes, so a flow is
// tested without nginx, a network or a clock.
//
// A string argument of a port is a value, or outlives the awaited call.
#pragma once

#include "coro/scheduler.hpp"
#include "flow/clock.hpp"
#include "flow/http.hpp"
#include "flow/leases.hpp"
#include "flow/one_time_values.hpp"
#include "flow/session_store.hpp"

namespace social::flow {

class Issuers;

// All members outlive the flows.
struct Ports {
    Http& http;
    SessionStore& store;
    OneTimeValues& one_time_values;
    Leases& leases;
    const Clock& clock;
    Timer& timer;
    Scheduler& scheduler;
    Issuers* issuers = nullptr;  // flow/issuers; nullptr if no flow uses OpenID Connect
};

}  // namespace social::flow
