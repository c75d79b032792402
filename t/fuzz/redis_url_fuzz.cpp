// The URL of `social_store`, and the addresses that servers announce. A URL is read, written from
// its parts, and read again; a redirection names an address that is a host and a port.
#include <string>

#include "base/percent.hpp"
#include "fuzz.hpp"
#include "redis/error_kind.hpp"
#include "redis/url.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

std::string scheme_of(const redis::Url& url) {
    std::string scheme = url.tls ? "rediss" : "redis";
    if (url.addresses.front().is_path()) {
        scheme += "+unix";
    } else if (url.topology == redis::Topology::sentinel) {
        scheme += "+sentinel";
    } else if (url.topology == redis::Topology::cluster) {
        scheme += "+cluster";
    }
    return scheme + "://";
}

std::string written(const redis::Url& url) {
    std::string text = scheme_of(url);
    if (!url.password.empty()) {
        text += base::percent_encode(url.user) + ":" + base::percent_encode(url.password.reveal()) +
                "@";
    }
    for (const redis::Address& address : url.addresses) {
        text += (&address == url.addresses.data() ? "" : ",") + address.text();
    }
    if (url.addresses.front().is_path()) {
        return text + "?db=" + std::to_string(url.database);
    }
    if (url.topology == redis::Topology::sentinel) {
        text += "/" + url.primary;
    }
    return url.topology == redis::Topology::cluster ? text
                                                    : text + "/" + std::to_string(url.database);
}

void check_url(std::string_view text) {
    const auto url = redis::parse_url(text);
    if (!url) {
        require(url.error().kind == Kind::bad_request);
        require(url.error().detail.empty());  // may hold the password
        return;
    }
    require(redis::is_redis_url(text) && !url->addresses.empty());
    require(url->primary.empty() == (url->topology != redis::Topology::sentinel));
    const auto again = redis::parse_url(written(*url));
    require(again && again->addresses == url->addresses && again->topology == url->topology);
    require(again->tls == url->tls && again->primary == url->primary && again->user == url->user);
    require(again->password.reveal() == url->password.reveal());
    require(again->database == url->database);
}

void check_address(std::string_view text) {
    const auto address = redis::parse_address(text, redis::kPort);
    if (address) {
        require(address->port != 0 && !address->host.empty());
        require(redis::parse_address(address->text(), 1) == *address);
    }
}

void check_redirection(std::string_view text) {
    redis::Reply reply;
    reply.type = redis::Reply::Type::error;
    reply.text = text;
    const redis::Address answered{.host = "::1", .port = 7000};
    const auto to = redis::redirection(reply, answered);
    if (to) {
        require(to->slot < 16384 && to->address.port != 0 && !to->address.host.empty());
        require(redis::parse_address(to->address.text(), 1) == to->address);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(text_of(data, size));
    check_url(text);
    check_url("redis+sentinel://" + text);
    check_address(text);
    check_redirection(text);
    check_redirection("MOVED 1 " + text);
    return 0;
}
