// The catalogue's rows for Meta: Facebook, Instagram through Facebook, and Instagram Login. Only
// oauth/catalogue.cpp includes this file.
#pragma once

#include "oauth/provider.hpp"

namespace social::oauth {

// Graph accepts POST as well as the documented GET. POST keeps the client secret and the token out
// of URLs.
inline constexpr TokenSwap kGraphTokenSwap{.method = "POST",
                                           .path = "",
                                           .grant_type = "fb_exchange_token",
                                           .token_parameter = "fb_exchange_token"};

inline constexpr ProviderType kFacebook{
    .name = "facebook",
    .brand = "Facebook",
    .documentation =
        "https://developers.facebook.com/documentation/facebook-login/guides/"
        "advanced/manual-flow (2026-11)",
    .family = "meta",
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
    .revocation_scope = RevocationScope::grant,
    .api_version = "v26.0",
    .default_scope = "public_profile,pages_show_list",
    .scope_separator = ',',
    .appsecret_proof = true,
    .signed_requests = true,
    .long_lived = kGraphTokenSwap,
    .renewal = kGraphTokenSwap,
    .return_fragment = "#_=_",
};

inline constexpr ProviderType kInstagram{
    .name = "instagram",
    .brand = "Instagram",
    .documentation =
        "https://developers.facebook.com/documentation/instagram-platform/"
        "instagram-graph-api/reference/page (2026-11)",
    .family = "meta",
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
    .revocation_scope = RevocationScope::grant,
    .api_version = "v26.0",
    .default_scope = "public_profile,instagram_basic,pages_show_list,pages_read_engagement",
    .scope_separator = ',',
    .appsecret_proof = true,
    .signed_requests = true,
    .long_lived = kGraphTokenSwap,
    .renewal = kGraphTokenSwap,
    .return_fragment = "#_=_",
};

inline constexpr ProviderType kInstagramLogin{
    .name = "instagram_login",
    .brand = "Instagram",
    .documentation =
        "https://developers.facebook.com/docs/instagram-platform/"
        "instagram-api-with-instagram-login/business-login (2026-11)",
    .authorize_url = "https://www.instagram.com/oauth/authorize",
    .api_url = "https://graph.instagram.com",
    .token_host = "https://api.instagram.com",
    .token_path = "/oauth/access_token",
    .profile_path = "/{version}/me?fields=user_id,username,name,account_type,profile_picture_url",
    .api_version = "v26.0",
    .default_scope = "instagram_business_basic",
    .scope_separator = ',',
    .scope_member = "permissions",
    .signed_requests = true,
    .untyped_token = true,
    .default_lifetime = 3600,
    .long_lived = TokenSwap{.method = "GET",
                            .path = "/access_token",
                            .grant_type = "ig_exchange_token",
                            .token_parameter = "access_token"},
    .renewal = TokenSwap{.method = "GET",
                         .path = "/refresh_access_token",
                         .grant_type = "ig_refresh_token",
                         .token_parameter = "access_token",
                         .with_client = false},
    .min_refresh_age = 24 * 60 * 60,
    .return_fragment = "#_=_",
};

}  // namespace social::oauth
