#include "flow/owner.hpp"

#include <cstring>
#include <string>

#include "crypto/digest.hpp"

namespace social::flow {

namespace {

struct HashedOwner {
    std::string_view kind;
    std::string_view app;
    std::string_view user_id;
};

// The user id is the last part, so that two owners never have the same text.
std::uint64_t hash_of(const HashedOwner& owner) {
    std::string text(owner.kind);
    text += '\0';
    text += owner.app;
    text += '\0';
    text += owner.user_id;
    const crypto::Sha256Digest digest = crypto::sha256(text);
    std::uint64_t hash = 0;
    std::memcpy(&hash, digest.data(), sizeof(hash));
    return hash == 0 ? 1 : hash;
}

}  // namespace

Owner owner_of(const oauth::Provider& provider, std::string_view user_id) {
    Owner owner;
    if (user_id.empty()) {
        return owner;
    }
    owner.hash = hash_of({.kind = "app owner", .app = provider.app, .user_id = user_id});
    for (const std::string& block : provider.app_blocks) {
        owner.former.push_back(hash_of({.kind = "owner", .app = block, .user_id = user_id}));
    }
    return owner;
}

}  // namespace social::flow
