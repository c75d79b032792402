// Provider types, the rows of the catalogue, and providers: a row merged with the operator's
// `social_provider` block.
//
// Rows have static storage. A provider's deviation is a field of its row, so no other code compares
// a provider's name. A Provider is made at configuration time and is read-only afterwards. It
// outlives every flow.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/form.hpp"
#include "base/secret.hpp"

namespace social::oauth {

enum class Protocol { oauth1, oauth2, oidc };

// Client authentication at the token endpoint (RFC 6749 §2.3.1).
enum class ClientAuth { body, basic };

// The members of the session JSON besides `session`.
enum class SessionShape {
    pages,            // profile, token, accounts[]: pages of a Facebook user
    instagram_pages,  // like pages, with the Instagram account of each page
    oauth1_profile,   // profile{oauth_token,oauth_token_secret,user_id,screen_name}
    plain,            // profile, token, expires_at, scope
};

// How a session's tokens are revoked at the provider.
enum class Revocation {
    none,
    grant_deletion,       // DELETE revoke_url with the user's token: revokes the whole grant
    token_revocation,     // RFC 7009, if there is a revoke_url
    access_revocation,    // a similar form, for the access token only
    token_deletion,       // DELETE revoke_url as the client, with the access token in JSON
    oauth1_invalidation,  // a request signed with the token to invalidate
};

// The tokens that one revocation invalidates at the provider.
enum class RevocationScope {
    token,  // that token, and at most the others of the same login (RFC 7009 §2.1)
    grant,  // the whole grant: the tokens of every session of that user and app
};

// A request that exchanges an access token for one with a longer lifetime.
struct TokenSwap {
    std::string_view method;  // "POST": form in the body; "GET": in the query
    std::string_view path;    // below api_url; empty: the token endpoint itself
    std::string_view grant_type;
    std::string_view token_parameter;  // name of the parameter with the current token
    bool with_client = true;           // with client_id and client_secret
};

// An issuer that ID tokens state with a claim filled in. One discovery document serves many
// tenants.
struct TemplatedIssuer {
    std::string_view issuer;  // as in the discovery document
    std::string_view mark;    // the part of `issuer` that the claim's value replaces
    std::string_view claim;
};

// One row of the catalogue. In URLs and paths, "{version}" and "{client_id}" are replaced by those
// of the block. Paths are below api_url. An empty path means that the provider lacks the endpoint.
struct ProviderType {
    std::string_view name{};   // the value of `type`
    std::string_view brand{};  // for pages; empty: the block's name
    std::string_view documentation{};
    // Blocks of one family and client_id are one app: they share user ids, grants and callbacks.
    // Empty: only blocks of the same type and authorization server are one app.
    std::string_view family{};
    Protocol protocol = Protocol::oauth2;
    SessionShape shape = SessionShape::plain;
    std::string_view authorize_url{};
    std::string_view api_url{};     // scheme, host and port of server-to-server calls
    std::string_view token_host{};  // replaces api_url for token_path; usually empty
    std::string_view token_path{};
    std::string_view request_token_path{};  // OAuth 1.0a
    std::string_view profile_path{};        // with its query
    std::string_view profile_wrapper{};     // path to the profile in the response: "data.user"
    std::string_view profile_members{};     // "id,name": the members to keep; empty: all
    std::string_view accounts_path{};       // with its query; a paged list
    std::string_view revoke_path{};
    std::string_view issuer{};  // OpenID Connect; the URLs come from discovery
    std::optional<TemplatedIssuer> templated_issuer{};
    Revocation revocation = Revocation::none;
    RevocationScope revocation_scope = RevocationScope::token;
    std::string_view api_version{};
    std::string_view default_scope{};
    char scope_separator = ' ';
    std::string_view scope_member = "scope";        // of token responses; a string or a list
    std::string_view client_id_name = "client_id";  // of the parameter
    std::string_view authorize_query{};             // additional authorization parameters
    ClientAuth client_auth = ClientAuth::body;
    bool pkce = false;                  // RFC 7636 with S256
    bool appsecret_proof = false;       // API calls have an appsecret_proof
    bool signed_requests = false;       // its callbacks are signed with the client secret
    bool untyped_token = false;         // token responses may lack token_type, or be inside data[]
    std::int64_t default_lifetime = 0;  // seconds, without expires_in; 0: no expiry
    std::optional<TokenSwap> long_lived{};
    std::optional<TokenSwap> renewal{};      // refreshes a valid token without a refresh token
    std::int64_t min_refresh_age = 0;        // seconds; a younger token is not refreshed
    bool never_refreshes = false;            // never refresh, even with a refresh token
    std::string_view invalid_grant_error{};  // means invalid_grant; may have status 200
    std::string_view
        invalid_grant_description{};  // description of an invalid_request that means invalid_grant
    bool client_credentials = false;  // issues application tokens (RFC 6749 §4.4)
    std::string_view app_token_path{};   // for these tokens; empty: the token endpoint
    std::string_view return_fragment{};  // appended to a redirectUrl without a fragment
};

// A `social_provider` block merged with its row. URLs are complete; optional ones may be empty.
struct Provider {
    std::string name;                     // of the block; part of URLs
    std::string brand;                    // for display: the row's, or else the name
    std::string app;                      // identifies the app; not for display
    std::vector<std::string> app_blocks;  // names of all blocks of the app, including this one
    const ProviderType* type = nullptr;
    std::string client_id;
    base::Secret client_secret;
    ClientAuth client_auth = ClientAuth::body;
    RevocationScope revocation_scope = RevocationScope::token;
    std::string scope;  // joined with the provider's separator
    std::string api_version;
    std::string authorize_query;  // encoded; empty: no additional parameters
    std::string issuer;           // OpenID Connect, RFC 9207; empty: not checked
    std::string authorize_url;    // without query
    std::string api_url;          // no trailing slash
    std::string token_url;
    std::string long_lived_url;
    std::string refresh_url;
    std::string app_token_url;  // empty: no application tokens
    std::string request_token_url;
    std::string profile_url;   // with query
    std::string accounts_url;  // with query
    std::string revoke_url;
    std::string callback_url;         // empty: the public URL plus "/{name}/callback"
    std::string ca_file;              // empty: the system's CA certificates
    base::Secret owner_token;         // access token of the operator's account; empty: none
    base::Secret owner_token_secret;  // OAuth 1.0a only
    std::chrono::milliseconds timeout{5000};
};

[[nodiscard]] std::span<const ProviderType> catalogue() noexcept;

// The row of that name, or nullptr.
[[nodiscard]] const ProviderType* find_type(std::string_view name) noexcept;

// The operator's block, not validated. An empty member means the row's default.
struct ProviderSettings {
    std::string name;
    std::string type;
    std::string client_id;
    base::Secret client_secret;
    std::string scope;  // separated by commas or blanks
    std::string api_version;
    std::string authorize_url;
    std::string api_url;
    std::string token_url;
    std::string profile_url;
    std::string callback_url;
    std::string request_token_url;
    std::string revoke_url;
    std::string issuer;
    std::string ca_file;
    base::Secret owner_token;
    base::Secret owner_token_secret;
    std::optional<ClientAuth> client_auth;
    std::optional<char> scope_separator;
    std::optional<RevocationScope> revocation_scope;
    std::vector<base::FormField> authorize_parameters;
    std::optional<std::chrono::milliseconds> timeout;
};

// Merges the block with its row and validates the result. Fails with bad_request for an invalid
// type, credential or URL, and for a missing member that the type requires. `what` continues
// "social_provider …" and names the directive and the remedy. `detail` is the value, but never a
// secret.
[[nodiscard]] Result<Provider> make_provider(ProviderSettings settings);

}  // namespace social::oauth
