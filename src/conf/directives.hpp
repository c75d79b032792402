// The setters of the directives, and nginx's command table in the order of README's reference. A
// setter returns bad_request with the text of the error line.
#pragma once

#include "conf/directive.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

// The command table, terminated by ngx_null_command.
extern ngx_command_t directives[];

// http{}
[[nodiscard]] Result<void> set_keyring(Directive& directive, MainSettings& settings);
[[nodiscard]] Result<void> set_store(Directive& directive, MainSettings& settings);
[[nodiscard]] Result<void> set_session_ttl(Directive& directive, MainSettings& settings);
[[nodiscard]] Result<void> set_token_key(Directive& directive, MainSettings& settings);
[[nodiscard]] Result<void> set_token_issuer(Directive& directive, MainSettings& settings);
[[nodiscard]] Result<void> set_token_audience(Directive& directive, MainSettings& settings);
[[nodiscard]] Result<void> set_token_leeway(Directive& directive, MainSettings& settings);
[[nodiscard]] Result<void> set_site(Directive& directive, MainSettings& settings);
[[nodiscard]] Result<void> set_provider(Directive& directive, MainSettings& settings);

// Opens the store of a configuration without social_store.
[[nodiscard]] Result<void> open_default_store(ngx_conf_t* cf, MainSettings& settings);

// http{}, server{}
[[nodiscard]] Result<void> set_public_url(Directive& directive, ServerSettings& settings);
[[nodiscard]] Result<void> set_pages(Directive& directive, ServerSettings& settings);

// location{}
[[nodiscard]] Result<void> set_auth(Directive& directive, LocationSettings& settings);
[[nodiscard]] Result<void> set_callback(Directive& directive, LocationSettings& settings);
[[nodiscard]] Result<void> set_landing(Directive& directive, LocationSettings& settings);
[[nodiscard]] Result<void> set_credential(Directive& directive, LocationSettings& settings);
[[nodiscard]] Result<void> set_session(Directive& directive, LocationSettings& settings);
[[nodiscard]] Result<void> set_deauthorize(Directive& directive, LocationSettings& settings);
[[nodiscard]] Result<void> set_data_deletion(Directive& directive, LocationSettings& settings);
[[nodiscard]] Result<void> set_status(Directive& directive, LocationSettings& settings);
[[nodiscard]] Result<void> set_authenticate(Directive& directive, LocationSettings& settings);

// http{}, server{}, location{}
[[nodiscard]] Result<void> set_bearer(Directive& directive, LocationSettings& settings);

}  // namespace social::ngx
