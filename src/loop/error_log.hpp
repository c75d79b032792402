// The error log for messages that may repeat, as everything that fails for each request or each
// attempt: over all workers one line for each incident, see base/message_limit.hpp. The rest is
// counted for social_status.
//
// The limit lives in a small zone of shared memory; without it, as before the first configuration
// is in use, every message is written.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/error.hpp"
#include "ngx/ngx.hpp"

namespace social::loop {

// Declares the zone. False when nginx refused, and said why.
[[nodiscard]] bool declare_log_limit(ngx_conf_t* cf) noexcept;

using Parts = std::initializer_list<std::string_view>;

struct Message {
    ngx_uint_t level;  // NGX_LOG_…
    Parts text;
    Parts kind = {};  // equal for messages of one incident whose texts differ; empty: the text
};

// ngx::write_log() within the limit. Messages below the level `notice` are not limited.
void write_limited(ngx_log_t* log, const Message& message) noexcept;

// One line for a request or a job that failed: `what`, the detail, and the name of the provider
// where there is one. The level depends on the error's kind.
void log_error(ngx_log_t* log, const Error& error, std::string_view provider) noexcept;

// For who knows that an incident is over: the next message of this kind is written.
void end_incident(Parts kind) noexcept;

// Messages that were counted and not written, by all workers since the zone was made.
[[nodiscard]] std::uint64_t suppressed_messages() noexcept;

}  // namespace social::loop
