#include "ngx/bearer.hpp"

#include <optional>

#include "loop/guard.hpp"
#include "ngx/headers_in.hpp"
#include "ngx/identity.hpp"
#include "ngx/presentation.hpp"
#include "ngx/request_line.hpp"
#include "ngx/respond.hpp"
#include "ngx/settings.hpp"

namespace social::ngx {

namespace {

std::optional<std::string_view> authorization_text(ngx_http_request_t* r) noexcept {
    const ngx_str_t* header = authorization(r);
    if (header == nullptr) {
        return std::nullopt;
    }
    return view(*header);
}

}  // namespace

Result<token::Claims> check_bearer(ngx_http_request_t* r) {
    const MainSettings& settings = main_settings(r);
    Result<token::Claims> claims = settings.token.check->check(authorization_text(r), ngx_time());
    if (!claims) {
        return claims;
    }
    // A site that was taken out of the configuration takes its tokens with it.
    const site::Site* site = settings.sites.find(claims->site);
    if (site == nullptr) {
        return fail(Kind::unauthenticated, "Invalid token", "of a site that is not configured");
    }
    Identity& known = identity(r);
    known.site = as_ngx(site->id);
    known.user = copy(r->pool, claims->user);
    return claims;
}

ngx_int_t on_access(ngx_http_request_t* r) noexcept {
    if (location_settings(r).bearer != 1) {
        return NGX_DECLINED;
    }
    mask_request_line(r);
    return loop::guard(r->connection->log, "bearer check", NGX_HTTP_INTERNAL_SERVER_ERROR, [r] {
        const Result<token::Claims> claims = check_bearer(r);
        if (claims) {
            return static_cast<ngx_int_t>(NGX_OK);
        }
        log_error(r->connection->log, claims.error(), {});
        identity(r).result = as_ngx(result_word(claims.error().kind));
        add_header(r, "WWW-Authenticate", challenge(claims.error().what));
        return static_cast<ngx_int_t>(NGX_HTTP_UNAUTHORIZED);
    });
}

}  // namespace social::ngx
