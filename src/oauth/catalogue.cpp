// The catalogue: one row for each type of provider, each with the address of its
// official documentation and the month in which it was read.
#include <algorithm>
#include <array>

#include "oauth/provider.hpp"

namespace social::oauth {

namespace {

// POST in place of the documented GET, which Graph takes as well: the client secret
// and the token stay out of URLs.
constexpr TokenSwap kGraphTokenSwap{.method = "POST",
                                    .path = "",
                                    .grant_type = "fb_exchange_token",
                                    .token_parameter = "fb_exchange_token"};

constexpr ProviderType kFacebook{
    .name = "facebook",
    .documentation =
        "https://developers.facebook.com/documentation/facebook-login/guides/"
        "advanced/manual-flow (2026-11)",
    .protocol = Protocol::oauth2,
    .shape = SessionShape::pages,
    .authorize_url = "https://www.facebook.com/{version}/dialog/oauth",
    .api_url = "https://graph.facebook.com",
    .token_path = "/{version}/oauth/access_token",
    .profile_path = "/{version}/me?fields=name,id",
    .profile_members = "name,id",
    .accounts_path =
        "/{version}/me/accounts?fields=access_token,category,category_list,name,id,"
        "tasks&limit=100",
    .revoke_path = "/{version}/me/permissions",
    .revocation = Revocation::grant_deletion,
    .api_version = "v26.0",
    .default_scope = "public_profile,pages_show_list",
    .scope_separator = ',',
    .appsecret_proof = true,
    .long_lived = kGraphTokenSwap,
    .return_fragment = "#_=_",
};

constexpr ProviderType kInstagram{
    .name = "instagram",
    .documentation =
        "https://developers.facebook.com/documentation/instagram-platform/"
        "instagram-graph-api/reference/page (2026-11)",
    .protocol = Protocol::oauth2,
    .shape = SessionShape::instagram_pages,
    .authorize_url = "https://www.facebook.com/{version}/dialog/oauth",
    .api_url = "https://graph.facebook.com",
    .token_path = "/{version}/oauth/access_token",
    .profile_path = "/{version}/me?fields=name,id",
    .profile_members = "name,id",
    .accounts_path =
        "/{version}/me/accounts?fields=instagram_business_account%7Bid,name,"
        "username%7D,access_token,name,id,instagram_accounts%7Bid,username,"
        "has_profile_pic,profile_picture_url%7D&limit=100",
    .revoke_path = "/{version}/me/permissions",
    .revocation = Revocation::grant_deletion,
    .api_version = "v26.0",
    .default_scope = "public_profile,instagram_basic,pages_show_list,pages_read_engagement",
    .scope_separator = ',',
    .appsecret_proof = true,
    .long_lived = kGraphTokenSwap,
    .return_fragment = "#_=_",
};

constexpr ProviderType kInstagramLogin{
    .name = "instagram_login",
    .documentation =
        "https://developers.facebook.com/docs/instagram-platform/"
        "instagram-api-with-instagram-login/business-login (2026-11)",
    .protocol = Protocol::oauth2,
    .shape = SessionShape::plain,
    .authorize_url = "https://www.instagram.com/oauth/authorize",
    .api_url = "https://graph.instagram.com",
    .token_host = "https://api.instagram.com",
    .token_path = "/oauth/access_token",
    .profile_path = "/{version}/me?fields=user_id,username,name,account_type,profile_picture_url",
    .api_version = "v26.0",
    .default_scope = "instagram_business_basic",
    .scope_separator = ',',
    .untyped_token = true,
    .default_lifetime = 3600,
    .long_lived = TokenSwap{.method = "GET",
                            .path = "/access_token",
                            .grant_type = "ig_exchange_token",
                            .token_parameter = "access_token"},
    .return_fragment = "#_=_",
};

constexpr ProviderType kTwitter{
    .name = "twitter",
    .documentation =
        "https://docs.x.com/fundamentals/authentication/oauth-1-0a/"
        "obtaining-user-access-tokens (2026-11)",
    .protocol = Protocol::oauth1,
    .shape = SessionShape::oauth1_profile,
    .authorize_url = "https://api.x.com/oauth/authenticate",
    .api_url = "https://api.x.com",
    .token_path = "/oauth/access_token",
    .request_token_path = "/oauth/request_token",
    .revoke_path = "/1.1/oauth/invalidate_token.json",
    .revocation = Revocation::oauth1_invalidation,
};

constexpr ProviderType kTwitterOauth2{
    .name = "twitter_oauth2",
    .documentation =
        "https://docs.x.com/fundamentals/authentication/oauth-2-0/"
        "authorization-code (2026-11)",
    .protocol = Protocol::oauth2,
    .shape = SessionShape::plain,
    .authorize_url = "https://x.com/i/oauth2/authorize",
    .api_url = "https://api.x.com",
    .token_path = "/2/oauth2/token",
    .profile_path = "/2/users/me",
    .profile_wrapper = "data",
    .profile_members = "id,name,username",
    .revoke_path = "/2/oauth2/revoke",
    .revocation = Revocation::token_revocation,
    .default_scope = "tweet.read users.read offline.access",
    .client_auth = ClientAuth::basic,
    .pkce = true,
    .default_lifetime = 7200,
};

constexpr ProviderType kOauth1{
    .name = "oauth1",
    .documentation = "https://www.rfc-editor.org/rfc/rfc5849 (2026-11)",
    .protocol = Protocol::oauth1,
    .shape = SessionShape::plain,
};

constexpr ProviderType kOauth2{
    .name = "oauth2",
    .documentation = "https://www.rfc-editor.org/rfc/rfc6749 (2026-11)",
    .protocol = Protocol::oauth2,
    .shape = SessionShape::plain,
    .pkce = true,
    .default_lifetime = 3600,
};

constexpr ProviderType kOidc{
    .name = "oidc",
    .documentation = "https://openid.net/specs/openid-connect-core-1_0.html (2026-11)",
    .protocol = Protocol::oidc,
    .shape = SessionShape::plain,
    .default_scope = "openid profile email",
    .client_auth = ClientAuth::basic,
    .pkce = true,
    .default_lifetime = 3600,
};

constexpr std::array kCatalogue{kFacebook,      kInstagram, kInstagramLogin, kTwitter,
                                kTwitterOauth2, kOauth1,    kOauth2,         kOidc};

}  // namespace

std::span<const ProviderType> catalogue() noexcept {
    return kCatalogue;
}

const ProviderType* find_type(std::string_view name) noexcept {
    const auto row = std::ranges::find(kCatalogue, name, &ProviderType::name);
    return row == kCatalogue.end() ? nullptr : &*row;
}

}  // namespace social::oauth
