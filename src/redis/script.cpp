#include "redis/script.hpp"

#include "crypto/digest.hpp"

namespace social::redis {

Script::Script(std::string_view source)
    : source_(source), sha1_(crypto::hex(crypto::sha1(source))) {}

}  // namespace social::redis
