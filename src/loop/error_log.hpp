// A rate limit for error log messages that repeat with each request or attempt. All workers
// together write one line per incident: see base/message_limit.hpp. social_status counts the
// suppressed messages.
//
// The limit's state is in a small shared memory zone. Without the zone, for example while nginx
// reads the first configuration, every message is written.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/error.hpp"
#include "ngx/ngx.hpp"

namespace social::loop {

// Declares the zone. Returns false if nginx refuses it; nginx logs the cause.
[[nodiscard]] bool declare_log_limit(ngx_conf_t* cf) noexcept;

using Parts = std::initializer_list<std::string_view>;

struct Message {
    ngx_uint_t level;  // NGX_LOG_…
    Parts text;
    Parts kind = {};  // identifies the incident if the texts differ; empty: the text does
};

// ngx::write_log() within the limit. Messages of the levels info and debug are not limited.
void write_limited(ngx_log_t* log, const Message& message) noexcept;

// Logs a failed request or job: `what`, the detail, and the provider's name unless it is empty. The
// level depends on the error's kind.
void log_error(ngx_log_t* log, const Error& error, std::string_view provider) noexcept;

// Ends the incident of this kind: the next message of the kind is written.
void end_incident(Parts kind) noexcept;

// The number of messages that all workers suppressed since nginx created the zone.
[[nodiscard]] std::uint64_t suppressed_messages() noexcept;

}  // namespace social::loop
