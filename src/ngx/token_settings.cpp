#include "ngx/token_settings.hpp"

#include "ngx/settings.hpp"

namespace social::ngx {

namespace {

// The hash that a login at an unknown site costs should be the one that a login at a known
// site costs: that of a users file, if there is one.
Result<void> choose_any_users(MainSettings& settings) {
    auto& files = settings.user_files;
    if (files.empty()) {
        Result<site::Users> nobody = site::Users::parse("");
        if (!nobody) {
            return std::unexpected(std::move(nobody.error()));
        }
        files[""] = std::make_unique<site::Users>(std::move(*nobody));
    }
    settings.authentication.any_users = files.begin()->second.get();
    return {};
}

}  // namespace

Result<void> finish_tokens(MainSettings& settings) {
    settings.token.check =
        std::make_unique<token::BearerCheck>(settings.token.keys, settings.token.rules);
    if (!settings.authentication.in_use) {
        return {};
    }
    if (settings.token.keys.signer() == nullptr) {
        return fail(Kind::bad_request,
                    "gives out tokens, and no key can sign them: let the first social_token_key "
                    "be a secret or a private key, as in: HS256 /etc/nginx/social/token.key");
    }
    return choose_any_users(settings);
}

}  // namespace social::ngx
