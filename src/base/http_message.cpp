#include "base/http_message.hpp"

#include "base/ascii.hpp"
#include "base/secret.hpp"

namespace social::base {

HttpRequest::~HttpRequest() {
    wipe(url);
    wipe(body);
    for (HttpHeader& header : headers) {
        wipe(header.value);
    }
}

HttpResponse::~HttpResponse() {
    wipe(body);
}

std::string_view HttpResponse::header(std::string_view name) const {
    for (const HttpHeader& candidate : headers) {
        if (equals_ignoring_case(candidate.name, name)) {
            return candidate.value;
        }
    }
    return {};
}

}  // namespace social::base
