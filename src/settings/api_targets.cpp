#include "settings/api_targets.hpp"

#include "base/regex_literal_prefix.hpp"
#include "settings/settings.hpp"

namespace social::ngx {

namespace {

std::string head_of(const ngx_http_core_loc_conf_t& location) {
    std::string name(view(location.name));
#if (NGX_PCRE)
    if (location.regex != nullptr) {
        return base::regex_literal_prefix(name);
    }
#endif
    return name;
}

std::string_view between(const u_char* start, const u_char* end) noexcept {
    return {reinterpret_cast<const char*>(start), static_cast<std::size_t>(end - start)};
}

// The target of a request whose line nginx could not parse or could not buffer. HTTP/2 and HTTP/3
// store it separately. HTTP/1 has it, possibly cut off, in the read buffer. There r->uri_end is
// unusable: nginx relocates it with the buffer even while it is not set.
std::string_view unparsed_target(ngx_http_request_t* r) noexcept {
    const u_char* start = r->uri_start;
    if (start == nullptr) {
        return {};
    }
    if (r->http_version >= NGX_HTTP_VERSION_20) {
        return start < r->uri_end ? between(start, r->uri_end) : std::string_view();
    }
    const ngx_buf_t* read = r->header_in;
    if (read == nullptr || start < read->start || start >= read->last) {
        return {};
    }
    const std::string_view rest = between(start, read->last);
    return rest.substr(0, rest.find_first_of(" \r\n"));
}

}  // namespace

void register_api_location(ngx_conf_t* cf, std::string_view allow) {
    const auto* location = static_cast<ngx_http_core_loc_conf_t*>(
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module));
    std::string head = head_of(*location);
    if (head.starts_with('/') && head.size() > 1) {
        auto* server = static_cast<ServerSettings*>(
            ngx_http_conf_get_module_srv_conf(cf, ngx_http_social_module));
        server->api_targets.push_back({.head = std::move(head), .allow = allow});
    }
}

const ApiTarget* find_api_target(ngx_http_request_t* r) noexcept {
    const std::string_view target =
        r->unparsed_uri.len != 0 ? view(r->unparsed_uri) : unparsed_target(r);
    const ApiTarget* longest = nullptr;
    for (const ApiTarget& candidate : server_settings(r).api_targets) {
        if (target.starts_with(candidate.head) &&
            (longest == nullptr || candidate.head.size() > longest->head.size())) {
            longest = &candidate;
        }
    }
    return longest;
}

}  // namespace social::ngx
