// A provider as flows see it: a row of the catalogue (what a type of provider
// does) with the operator's `social_provider` block laid over it.
//
// Rows are data with static storage. A quirk is a field that names a behavior, so
// that no code ever asks for a provider's name. A Provider is made at configuration
// time, read-only after that, and outlives every flow.
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

// How the client authenticates at the token endpoint (RFC 6749 §2.3.1).
enum class ClientAuth { body, basic };

// Which members the session JSON has beside `session`.
enum class SessionShape {
    pages,            // profile, token, accounts[]: pages of a Facebook user
    instagram_pages,  // the same with the Instagram account of each page
    oauth1_profile,   // profile{oauth_token,oauth_token_secret,user_id,screen_name}
    plain,            // profile, token, expires_at, scope
};

// How a session's tokens are given back.
enum class Revocation {
    none,
    grant_deletion,       // DELETE revoke_url with the user's token: ends the whole grant
    token_revocation,     // RFC 7009, where there is a revoke_url
    access_revocation,    // the same form, which takes the access token alone
    token_deletion,       // DELETE revoke_url as the client, with the access token in JSON
    oauth1_invalidation,  // a request signed with the token that shall end
};

// How much ends with one revocation at the provider.
enum class RevocationScope {
    token,  // that token, and at most those of the same login (RFC 7009 §2.1)
    grant,  // all that the user granted to the app: the tokens of every session of that user
};

// The step that turns the token of the code exchange into one that lives longer.
struct TokenSwap {
    std::string_view method;  // "POST": form in the body; "GET": in the query
    std::string_view path;    // below api_url; empty: the token endpoint itself
    std::string_view grant_type;
    std::string_view token_parameter;  // takes the short-lived token
    bool with_client = true;           // with client_id and client_secret
};

// An issuer whose name in id tokens depends on a claim of theirs, as where one
// discovery document serves many tenants.
struct TemplatedIssuer {
    std::string_view issuer;  // as the discovery document has it
    std::string_view mark;    // the part of it that the claim's value takes the place of
    std::string_view claim;
};

// One row of the catalogue. In URLs and paths "{version}" stands for api_version, and
// "{client_id}" for the block's. Paths are below api_url and empty where the provider has no
// such thing.
struct ProviderType {
    std::string_view name{};   // the word after `type`
    std::string_view brand{};  // what its users call it; empty: they know the block's name
    std::string_view documentation{};
    // Rows of one family are one app where the client_id is the same: their user ids, grants and
    // callbacks are shared. Empty: the type and its authorization server are a family of their own.
    std::string_view family{};
    Protocol protocol = Protocol::oauth2;
    SessionShape shape = SessionShape::plain;
    std::string_view authorize_url{};
    std::string_view api_url{};     // scheme, host and port of server-to-server calls
    std::string_view token_host{};  // in place of api_url for token_path alone; usually empty
    std::string_view token_path{};
    std::string_view request_token_path{};  // OAuth 1.0a
    std::string_view profile_path{};        // with its query
    std::string_view profile_wrapper{};     // path to the profile in the answer: "data.user"
    std::string_view profile_members{};     // "id,name": those that are kept; empty: all
    std::string_view accounts_path{};       // with its query; the paged list of accounts
    std::string_view revoke_path{};
    std::string_view issuer{};  // OpenID Connect, whose URLs come from discovery
    std::optional<TemplatedIssuer> templated_issuer{};
    Revocation revocation = Revocation::none;
    RevocationScope revocation_scope = RevocationScope::token;
    std::string_view api_version{};
    std::string_view default_scope{};
    char scope_separator = ' ';
    std::string_view scope_member = "scope";        // of token answers; a text or a list
    std::string_view client_id_name = "client_id";  // the parameter
    std::string_view authorize_query{};             // more parameters of the authorization request
    ClientAuth client_auth = ClientAuth::body;
    bool pkce = false;                  // RFC 7636 with S256
    bool appsecret_proof = false;       // API calls carry a proof of the client secret
    bool signed_requests = false;       // it calls us back, signed with the client secret
    bool untyped_token = false;         // token answers may lack token_type, or come inside data[]
    std::int64_t default_lifetime = 0;  // seconds, of a token without expires_in; 0: no end
    std::optional<TokenSwap> long_lived{};
    std::optional<TokenSwap> renewal{};   // of a token that is still good, without a refresh token
    std::int64_t renewal_age = 0;         // seconds; a younger token is not renewed
    bool keeps_first_token = false;       // nothing is renewed, even with a refresh token
    std::string_view dead_grant_error{};  // in place of invalid_grant, also with a status of 200
    std::string_view dead_grant_text{};   // of invalid_request, where it means invalid_grant
    bool client_credentials = false;      // gives a token for the application, RFC 6749 §4.4
    std::string_view app_token_path{};    // where it does; empty: the token endpoint
    std::string_view return_fragment{};   // added where the redirectUrl has no fragment
};

// A merged `social_provider` block. URLs are complete; optional ones may be empty.
struct Provider {
    std::string name;                     // of the block; part of URLs
    std::string brand;                    // for people: the row's, or else the name
    std::string app;                      // the same for all blocks of one app; not for people
    std::vector<std::string> app_blocks;  // names of all blocks of the app, its own among them
    const ProviderType* type = nullptr;
    std::string client_id;
    base::Secret client_secret;
    ClientAuth client_auth = ClientAuth::body;
    RevocationScope revocation_scope = RevocationScope::token;
    std::string scope;  // joined with the provider's separator
    std::string api_version;
    std::string authorize_query;  // encoded; empty: no more parameters than ours
    std::string issuer;           // OpenID Connect, RFC 9207; empty: unknown
    std::string authorize_url;    // without query
    std::string api_url;          // no slash at the end
    std::string token_url;
    std::string long_lived_url;
    std::string renewal_url;
    std::string app_token_url;  // empty: there are no tokens for the application
    std::string request_token_url;
    std::string profile_url;   // with query
    std::string accounts_url;  // with query
    std::string revoke_url;
    std::string callback_url;  // empty: the public URL plus "/{name}/callback"
    std::string ca_file;       // empty: the system's
    base::Secret owner_token;  // the operator's own account, OAuth 1.0a; empty: none
    base::Secret owner_token_secret;
    std::chrono::milliseconds timeout{5000};
};

[[nodiscard]] std::span<const ProviderType> catalogue() noexcept;

// The row of that name, or nullptr.
[[nodiscard]] const ProviderType* find_type(std::string_view name) noexcept;

// What an operator wrote in the block; an empty member means the row's default.
struct ProviderSettings {
    std::string name;
    std::string type;
    std::string client_id;
    base::Secret client_secret;
    std::string scope;  // as written: commas or blanks
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

// Lays the block over its row and checks the outcome: known type, client id and
// secret present, URLs absolute and https (http for loopback hosts alone), a URL
// that the type needs present. bad_request with a `what` that reads after
// "social_provider" and names the directive at fault and the way out, and `detail`
// its value (never the secret).
[[nodiscard]] Result<Provider> make_provider(ProviderSettings settings);

}  // namespace social::oauth
