#include "flow/revoke.hpp"

#include <utility>

#include "flow/attempt.hpp"
#include "oauth/revocation.hpp"

namespace social::flow {

Task<std::optional<Error>> revoke(const oauth::Provider* provider, session::Record record,
                                  Ports& ports) {
    std::optional<Error> failed;
    if (provider == nullptr) {
        co_return failed;
    }
    auto requests = oauth::revocation_requests(*provider, record, ports.clock.now());
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
