#include "flow/revoke.hpp"

#include <utility>

#include "flow/attempt.hpp"
#include "flow/openid_grant.hpp"
#include "oauth/revocation.hpp"

namespace social::flow {

Task<std::optional<Error>> revoke(const oauth::Provider* provider, session::Record record,
                                  Ports& ports) {
    std::optional<Error> failed;
    if (provider == nullptr) {
        co_return failed;
    }
    const Result<oauth::Provider> known = co_await attempt(resolved(*provider, ports));
    if (!known) {
        co_return known.error();
    }
    auto requests = oauth::revocation_requests(*known, record, ports.clock.now());
    for (base::HttpRequest& request : requests) {
        const Result<base::HttpResponse> answer =
            co_await attempt(ports.http.send(std::move(request)));
        const Result<void> done =
            answer ? oauth::read_revocation(*answer) : std::unexpected(answer.error());
        if (!done) {
            failed = done.error();
        }
    }
    co_return failed;
}

}  // namespace social::flow
