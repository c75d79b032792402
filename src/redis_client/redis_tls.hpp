// TLS to Redis: certificates are verified against `ca_file` (or the system's) and the host's
// name or address. hiredis has it from 1.0 on, found out when the module is built; Debian 12
// has 0.14. One object per configuration, read-only.
#pragma once

#include <hiredis/async.h>

#include <memory>
#include <string>

#include "base/error.hpp"

namespace social::loop {

class RedisTls {
public:
    // Whether this build can do it.
    [[nodiscard]] static bool available() noexcept;

    // `ca_file`: PEM; "": the certificates of the system. bad_request when it cannot be read.
    [[nodiscard]] static Result<std::unique_ptr<RedisTls>> create(const std::string& ca_file);

    RedisTls(const RedisTls&) = delete;
    RedisTls& operator=(const RedisTls&) = delete;
    ~RedisTls();

    // Before anything is sent over a connection that is being made. False: it cannot be secured.
    [[nodiscard]] bool secure(redisAsyncContext& context, const std::string& name) const;

private:
    struct Contexts;
    explicit RedisTls(std::unique_ptr<Contexts> contexts) noexcept;
    std::unique_ptr<Contexts> contexts_;
};

}  // namespace social::loop
