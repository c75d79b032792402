// TLS to Redis: verifies the server's certificate chain and its host name or address.
//
// Requires hiredis 1.0, detected at compile time; Debian 12 has 0.14. One immutable object per
// configuration.
#pragma once

#include <hiredis/async.h>

#include <memory>
#include <string>

#include "base/error.hpp"

namespace social::loop {

class RedisTls {
public:
    // True if the module was built with hiredis_ssl.h.
    [[nodiscard]] static bool available() noexcept;

    // `ca_file`: PEM; "": the system's CA certificates. Errors: bad_request if no certificate can
    // be read, internal if OpenSSL fails.
    [[nodiscard]] static Result<std::unique_ptr<RedisTls>> create(const std::string& ca_file);

    RedisTls(const RedisTls&) = delete;
    RedisTls& operator=(const RedisTls&) = delete;
    ~RedisTls();

    // Starts TLS on a new connection. Call it before the first write. `name`: a host name or an IP
    // address. Returns false if OpenSSL or hiredis fails, and always without hiredis_ssl.h.
    [[nodiscard]] bool secure(redisAsyncContext& context, const std::string& name) const;

private:
    struct Contexts;
    explicit RedisTls(std::unique_ptr<Contexts> contexts) noexcept;
    std::unique_ptr<Contexts> contexts_;
};

}  // namespace social::loop
