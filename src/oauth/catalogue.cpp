// The catalogue of provider types. Each row has the URL of the official documentation and the date
// on which it was read.
#include <algorithm>
#include <array>

#include "oauth/meta_rows.hpp"
#include "oauth/provider.hpp"

namespace social::oauth {

namespace {

// X issues one token per user and app. Every login returns the same token until it is invalidated.
constexpr ProviderType kTwitter{
    .name = "twitter",
    .brand = "X",
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
    .revocation_scope = RevocationScope::grant,
    .client_auth = ClientAuth::basic,  // only for the application's token
    .client_credentials = true,
    .app_token_path = "/oauth2/token",
};

constexpr ProviderType kTwitterOauth2{
    .name = "twitter_oauth2",
    .brand = "X",
    .documentation =
        "https://docs.x.com/fundamentals/authentication/oauth-2-0/"
        "authorization-code (2026-11)",
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
    .invalid_grant_description = "Value passed for the token was invalid.",
};

// The rows below are tested against a sandbox only, not with logins at these providers.

// Google issues a refresh token only with both parameters. Revoking any token of the app revokes
// the whole grant:
// https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke (2026-11-30).
constexpr ProviderType kGoogle{
    .name = "google",
    .brand = "Google",
    .documentation = "https://developers.google.com/identity/openid-connect/reference (2026-11-27)",
    .protocol = Protocol::oidc,
    .issuer = "https://accounts.google.com",
    .revocation = Revocation::token_revocation,
    .revocation_scope = RevocationScope::grant,
    .default_scope = "openid profile email",
    .authorize_query = "access_type=offline&prompt=consent",
    .pkce = true,
    .default_lifetime = 3600,
};

// The ID token has no nonce, so the profile is read with the access token. PKCE is for native apps,
// which use another authorization URL. Refresh tokens are for selected partners and do not rotate.
// No token revocation is documented.
constexpr ProviderType kLinkedin{
    .name = "linkedin",
    .brand = "LinkedIn",
    .documentation =
        "https://learn.microsoft.com/en-us/linkedin/consumer/integrations/self-serve/"
        "sign-in-with-linkedin-v2 (2026-11-27)",
    .authorize_url = "https://www.linkedin.com/oauth/v2/authorization",
    .api_url = "https://api.linkedin.com",
    .token_host = "https://www.linkedin.com",
    .token_path = "/oauth/v2/accessToken",
    .profile_path = "/v2/userinfo",
    .default_scope = "openid profile email",
    .untyped_token = true,
    .default_lifetime = 5184000,
};

// Tokens of OAuth apps do not expire. Tokens of GitHub Apps expire after eight hours and come with
// a single-use refresh token. Errors have status 200 and nonstandard codes. Revocation deletes one
// token, not the grant, since other sessions of the user may use the grant:
// https://docs.github.com/en/rest/apps/oauth-applications (2026-11-27).
constexpr ProviderType kGithub{
    .name = "github",
    .brand = "GitHub",
    .documentation =
        "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/"
        "authorizing-oauth-apps (2026-11-27)",
    .authorize_url = "https://github.com/login/oauth/authorize",
    .api_url = "https://api.github.com",
    .token_host = "https://github.com",
    .token_path = "/login/oauth/access_token",
    .profile_path = "/user",
    .revoke_path = "/applications/{client_id}/token",
    .revocation = Revocation::token_deletion,
    .default_scope = "read:user",
    .pkce = true,  // since 2025-07
    .invalid_grant_error = "bad_refresh_token",
};

// The client_id parameter is client_key. Successful API responses have an error object with code
// "ok". PKCE is for mobile and desktop apps. Refresh tokens are single-use. Only access tokens can
// be revoked, and that disconnects the app:
// https://developers.tiktok.com/docs/en/oauth-revoke-a-user-access-token (2026-11-30).
constexpr ProviderType kTiktok{
    .name = "tiktok",
    .brand = "TikTok",
    .documentation =
        "https://developers.tiktok.com/doc/oauth-user-access-token-management (2026-11-27)",
    .authorize_url = "https://www.tiktok.com/v2/auth/authorize/",
    .api_url = "https://open.tiktokapis.com",
    .token_path = "/v2/oauth/token/",
    .profile_path = "/v2/user/info/?fields=open_id,union_id,avatar_url,display_name",
    .profile_wrapper = "data.user",
    .revoke_path = "/v2/oauth/revoke/",
    .revocation = Revocation::access_revocation,
    .revocation_scope = RevocationScope::grant,
    .default_scope = "user.info.basic",
    .scope_separator = ',',
    .client_id_name = "client_key",
    .default_lifetime = 7200,
};

// Accepts accounts of every tenant; an issuer in the block restricts logins to one tenant. The
// client authenticates in the request body. The discovery document has no revocation endpoint.
constexpr ProviderType kMicrosoft{
    .name = "microsoft",
    .brand = "Microsoft",
    .documentation =
        "https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc (2026-11-27)",
    .protocol = Protocol::oidc,
    .issuer = "https://login.microsoftonline.com/common/v2.0",
    .templated_issuer =
        TemplatedIssuer{.issuer = "https://login.microsoftonline.com/{tenantid}/v2.0",
                        .mark = "{tenantid}",
                        .claim = "tid"},
    .revocation = Revocation::token_revocation,
    .default_scope = "openid profile email offline_access",
    .pkce = true,
    .default_lifetime = 3600,
};

// client_secret is a JWT signed by the operator, valid for at most six months. Name and email
// require response_mode=form_post, and a cross-site POST does not send a SameSite=Lax cookie.
// Tokens are not refreshed, since no API accepts the access token. Apple may throttle more than one
// refresh a day ("Verifying a user"). The refresh token is stored for revocation.
// Revocation revokes the user's authorization of the app ("Token revocation").
constexpr ProviderType kApple{
    .name = "apple",
    .brand = "Apple",
    .documentation =
        "https://developer.apple.com/documentation/signinwithapplerestapi (2026-11-27)",
    .protocol = Protocol::oidc,
    .issuer = "https://appleid.apple.com",
    .revocation = Revocation::token_revocation,
    .revocation_scope = RevocationScope::grant,
    .default_scope = "openid",
    .default_lifetime = 3600,
    .never_refreshes = true,
};

constexpr ProviderType kOauth1{
    .name = "oauth1",
    .documentation = "https://www.rfc-editor.org/rfc/rfc5849 (2026-11)",
    .protocol = Protocol::oauth1,
};

constexpr ProviderType kOauth2{
    .name = "oauth2",
    .documentation = "https://www.rfc-editor.org/rfc/rfc6749 (2026-11)",
    .revocation = Revocation::token_revocation,
    .pkce = true,
    .default_lifetime = 3600,
    .client_credentials = true,
};

constexpr ProviderType kOidc{
    .name = "oidc",
    .documentation = "https://openid.net/specs/openid-connect-core-1_0.html (2026-11)",
    .protocol = Protocol::oidc,
    .revocation = Revocation::token_revocation,
    .default_scope = "openid profile email",
    .client_auth = ClientAuth::basic,
    .pkce = true,
    .default_lifetime = 3600,
};

constexpr std::array kCatalogue{kFacebook, kInstagram, kInstagramLogin, kTwitter, kTwitterOauth2,
                                kGoogle,   kLinkedin,  kGithub,         kTiktok,  kMicrosoft,
                                kApple,    kOauth1,    kOauth2,         kOidc};

}  // namespace

std::span<const ProviderType> catalogue() noexcept {
    return kCatalogue;
}

const ProviderType* find_type(std::string_view name) noexcept {
    const auto row = std::ranges::find(kCatalogue, name, &ProviderType::name);
    return row == kCatalogue.end() ? nullptr : &*row;
}

}  // namespace social::oauth
