#include "redis/script.hpp"

#include <utility>

#include "crypto/digest.hpp"

namespace social::redis {

Script::Script(std::string source)
    : source_(std::move(source)), sha1_(crypto::hex(crypto::sha1(source_))) {}

}  // namespace social::redis
