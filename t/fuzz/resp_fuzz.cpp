// What a Redis server sends. The replies are the same however the octets are cut, and one that is
// written as RESP is read as the same again. Redirections and the answer to CLUSTER SLOTS are read
// out of every reply.
#include <string>

#include "redis/error_kind.hpp"
#include "redis/slot_map.hpp"
#include "resp.hpp"

using namespace social;
using namespace social::fuzz;
using redis::Reply;

namespace {

bool same(const Reply& a, const Reply& b) {
    return a.type == b.type && a.integer == b.integer && a.text == b.text &&
           std::ranges::equal(a.elements, b.elements, same);
}

// Every kind of nil has one form here. A status or an error is one line.
void write(const Reply& reply, std::string& out) {
    switch (reply.type) {
        case Reply::Type::nil:
            out += "$-1\r\n";
            break;
        case Reply::Type::status:
            out += "+" + reply.text + "\r\n";
            break;
        case Reply::Type::error:
            out += "-" + reply.text + "\r\n";
            break;
        case Reply::Type::integer:
            out += ":" + std::to_string(reply.integer) + "\r\n";
            break;
        case Reply::Type::text:
            out += "$" + std::to_string(reply.text.size()) + "\r\n" + reply.text + "\r\n";
            break;
        case Reply::Type::array:
            out += "*" + std::to_string(reply.elements.size()) + "\r\n";
            for (const Reply& element : reply.elements) {
                write(element, out);
            }
            break;
    }
}

void check_reply(const Reply& reply) {
    std::string written;
    write(reply, written);
    const Replies again = read_replies(written, written.size());
    require(!again.garbage && again.replies.size() == 1 && same(again.replies.front(), reply));

    const redis::Address answered{.host = "10.0.0.1", .port = 7000};
    if (const auto to = redis::redirection(reply, answered)) {
        require(to->slot < redis::kSlots && to->address.port != 0 && !to->address.host.empty());
    }
    require(reply.is_error() || redis::classify_error(reply) == redis::ErrorKind::none);

    redis::SlotMap map;
    const bool read = map.read(reply, answered);
    require(read == !map.primaries().empty());
    require(map.primaries().size() <= reply.elements.size());
    bool found = false;
    for (std::uint16_t slot = 0; slot < redis::kSlots; slot += 61) {
        const redis::Address* address = map.find(slot);
        found = found || address != nullptr;
        require(address == nullptr || std::ranges::count(map.primaries(), *address) == 1);
    }
    require(read || !found);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view octets = text_of(data, size);
    const Replies whole = read_replies(octets, std::max<std::size_t>(size, 1));
    const Replies cut = read_replies(octets, 1 + size % 7);
    require(whole.garbage == cut.garbage);
    require(std::ranges::equal(whole.replies, cut.replies, same));
    std::ranges::for_each(whole.replies, check_reply);
    return 0;
}
