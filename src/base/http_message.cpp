#include "base/http_message.hpp"

#include "base/ascii.hpp"

namespace social::base {

std::string_view HttpResponse::header(std::string_view name) const {
    for (const HttpHeader& candidate : headers) {
        if (equals_ignoring_case(candidate.name, name)) {
            return candidate.value;
        }
    }
    return {};
}

}  // namespace social::base
