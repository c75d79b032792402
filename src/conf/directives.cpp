#include "conf/directives.hpp"

namespace social::ngx {

namespace {

constexpr ngx_uint_t kHttp = NGX_HTTP_MAIN_CONF;
constexpr ngx_uint_t kServer = NGX_HTTP_SRV_CONF;
constexpr ngx_uint_t kLocation = NGX_HTTP_LOC_CONF;
constexpr ngx_uint_t kLimitExcept = NGX_HTTP_LMT_CONF;
constexpr ngx_uint_t kBlock = NGX_CONF_BLOCK;

// The row of a directive whose setter takes the settings of one context.
template <Result<void> (*set)(Directive&, MainSettings&)>
constexpr ngx_command_t http_row(ngx_str_t name, ngx_uint_t type) {
    return {.name = name,
            .type = kHttp | type,
            .set = &on_directive<MainSettings, set>,
            .conf = NGX_HTTP_MAIN_CONF_OFFSET,
            .offset = 0,
            .post = nullptr};
}

template <Result<void> (*set)(Directive&, ServerSettings&)>
constexpr ngx_command_t server_row(ngx_str_t name, ngx_uint_t type) {
    return {.name = name,
            .type = kHttp | kServer | type,
            .set = &on_directive<ServerSettings, set>,
            .conf = NGX_HTTP_SRV_CONF_OFFSET,
            .offset = 0,
            .post = nullptr};
}

template <Result<void> (*set)(Directive&, LocationSettings&)>
constexpr ngx_command_t location_row(ngx_str_t name, ngx_uint_t type) {
    return {.name = name,
            .type = type,
            .set = &on_directive<LocationSettings, set>,
            .conf = NGX_HTTP_LOC_CONF_OFFSET,
            .offset = 0,
            .post = nullptr};
}

}  // namespace

ngx_command_t directives[] = {
    server_row<&set_public_url>("social_public_url"_ns, NGX_CONF_TAKE1),
    http_row<&set_keyring>("social_keyring"_ns, NGX_CONF_TAKE1),
    http_row<&set_store>("social_store"_ns, NGX_CONF_1MORE),
    http_row<&set_session_ttl>("social_session_ttl"_ns, NGX_CONF_TAKE1),
    http_row<&set_token_key>("social_token_key"_ns, NGX_CONF_TAKE23),
    http_row<&set_token_issuer>("social_token_issuer"_ns, NGX_CONF_TAKE1),
    http_row<&set_token_audience>("social_token_audience"_ns, NGX_CONF_TAKE1),
    http_row<&set_token_leeway>("social_token_leeway"_ns, NGX_CONF_TAKE1),
    http_row<&set_site>("social_site"_ns, kBlock | NGX_CONF_TAKE1),
    http_row<&set_provider>("social_provider"_ns, kBlock | NGX_CONF_TAKE1),
    location_row<&set_auth>("social_auth"_ns, kLocation | NGX_CONF_TAKE1),
    location_row<&set_callback>("social_callback"_ns, kLocation | NGX_CONF_TAKE1),
    location_row<&set_landing>("social_landing"_ns, kLocation | NGX_CONF_TAKE1),
    location_row<&set_session>("social_session"_ns, kLocation | NGX_CONF_NOARGS | NGX_CONF_TAKE1),
    location_row<&set_deauthorize>("social_deauthorize"_ns, kLocation | NGX_CONF_TAKE1),
    location_row<&set_data_deletion>("social_data_deletion"_ns, kLocation | NGX_CONF_TAKE1),
    location_row<&set_authenticate>("social_authenticate"_ns,
                                    kLocation | NGX_CONF_NOARGS | NGX_CONF_TAKE1),
    location_row<&set_bearer>("social_bearer"_ns,
                              kHttp | kServer | kLocation | kLimitExcept | NGX_CONF_FLAG),
    location_row<&set_credential>("social_credential"_ns, kLocation | NGX_CONF_TAKE123),
    location_row<&set_status>("social_status"_ns, kLocation | NGX_CONF_NOARGS | NGX_CONF_TAKE1),
    server_row<&set_pages>("social_pages"_ns, NGX_CONF_TAKE1),
    ngx_null_command,
};

}  // namespace social::ngx
