// Where the keys of `social_token_key jwks https://…` come from, and what has to hold of
// the token directives once all of http{} has been read.
#pragma once

#include <string>

#include "base/error.hpp"
#include "token/keys.hpp"

namespace social::ngx {

class MainSettings;

struct KeySource {
    std::string url;             // https, or http to this machine
    std::string ca_file;         // empty: the system's
    token::PublishedKeys* keys;  // of the settings
};

// bad_request where social_authenticate issues tokens and no key can sign them.
[[nodiscard]] Result<void> finish_tokens(MainSettings& settings);

}  // namespace social::ngx
