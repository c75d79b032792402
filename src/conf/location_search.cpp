#include "conf/location_search.hpp"

namespace social::ngx {

namespace {

using Location = ngx_http_core_loc_conf_t;

// Calls `visit` for each named location directly inside `parent`, in the order of the file, until
// it returns true. nginx builds its search trees from this queue after the merges.
template <class Visit>
void visit_locations(const Location& parent, Visit visit) {
    if (parent.locations == nullptr) {
        return;
    }
    for (ngx_queue_t* each = ngx_queue_head(parent.locations);
         each != ngx_queue_sentinel(parent.locations); each = ngx_queue_next(each)) {
        const auto* queued = reinterpret_cast<const ngx_http_location_queue_t*>(each);
        const Location* location = queued->exact != nullptr ? queued->exact : queued->inclusive;
        if (location->named == 0 && location->noname == 0 && visit(*location)) {
            return;
        }
    }
}

bool is_regex([[maybe_unused]] const Location& location) noexcept {
#if (NGX_PCRE)
    return location.regex != nullptr;
#else
    return false;
#endif
}

bool matches_regex([[maybe_unused]] const Location& location,
                   [[maybe_unused]] std::string_view uri) noexcept {
#if (NGX_PCRE)
    ngx_str_t text = as_ngx(uri);
    return ngx_regex_exec(location.regex->regex, &text, nullptr, 0) >= 0;
#else
    return false;
#endif
}

// Mirrors ngx_http_core_find_location(): an exact name wins over the longest prefix. A location
// inside that prefix, or the first matching regular expression, wins over the prefix. Returns
// nullptr if none matches.
const Location* find_location(const Location& parent, std::string_view uri) noexcept {
    const Location* exact = nullptr;
    const Location* prefix = nullptr;
    const Location* regex = nullptr;
    visit_locations(parent, [&](const Location& location) {
        const std::string_view name = view(location.name);
        if (is_regex(location)) {
            regex = regex == nullptr && matches_regex(location, uri) ? &location : regex;
        } else if (location.exact_match != 0) {
            exact = name == uri ? &location : exact;
        } else if (uri.starts_with(name) && (prefix == nullptr || name.size() > prefix->name.len)) {
            prefix = &location;
        }
        return exact != nullptr;
    });
    if (exact != nullptr) {
        return exact;
    }
    const Location* inner = prefix != nullptr ? find_location(*prefix, uri) : nullptr;
    const bool decided =
        prefix != nullptr && (prefix->noregex != 0 ||
                              (inner != nullptr && (inner->exact_match != 0 || is_regex(*inner))));
    if (regex != nullptr && !decided) {
        const Location* inside = find_location(*regex, uri);
        return inside != nullptr ? inside : regex;
    }
    return inner != nullptr ? inner : prefix;
}

}  // namespace

Result<void> check_credentials_uri(ngx_conf_t* cf, const LocationSettings& own) {
    if (own.check.uri.len == 0) {
        return {};
    }
    const auto* server = static_cast<ngx_http_core_srv_conf_t*>(
        ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module));
    const auto* root =
        static_cast<Location*>(server->ctx->loc_conf[ngx_http_core_module.ctx_index]);
    const std::string_view uri = view(own.check.uri);
    const Location* found = find_location(*root, uri);
    if (found == nullptr) {
        return fail(Kind::bad_request,
                    "names a uri that no location of its server has: add one, as in: location = "
                    "/check-credentials { internal; proxy_pass http://users; }",
                    std::string(uri));
    }
    const auto* settings =
        static_cast<const LocationSettings*>(found->loc_conf[ngx_http_social_module.ctx_index]);
    if (settings->endpoint != Endpoint::none) {
        log_conf_warning(
            cf, {own.mount.at, own.mount.directive},
            "names the uri of an endpoint, which checks no passwords, so nobody gets a "
            "token: name a location of your own");
    }
    return {};
}

}  // namespace social::ngx
