#include "ngx/request_line.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/percent.hpp"
#include "session/session_id.hpp"

namespace social::ngx {

namespace {

constexpr std::string_view kRedirectUrl = "redirectUrl=";
constexpr std::string_view kSession = "/session/";

// redirectUrl is what an operator looks for in a log; its own query may hold
// anything, so it ends at the first "?" or "#", escaped or not.
std::string_view without_query(std::string_view url) {
    std::size_t end = url.find_first_of("?#");
    for (const std::string_view escaped : {"%3f", "%3F", "%23"}) {
        end = std::min(end, url.find(escaped));
    }
    return url.substr(0, end);
}

void append_masked_parameter(std::string& out, std::string_view parameter) {
    if (parameter.starts_with(kRedirectUrl)) {
        out += without_query(parameter);
        return;
    }
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos) {
        out += parameter.substr(0, equals + 1);
    }
    out += '*';
}

void append_masked_query(std::string& out, std::string_view query) {
    for (std::size_t begin = 0; begin <= query.size();) {
        const std::size_t end = std::min(query.find('&', begin), query.size());
        append_masked_parameter(out, query.substr(begin, end - begin));
        if (end < query.size()) {
            out += '&';
        }
        begin = end + 1;
    }
}

// How many characters at the front of `path` stand for "/session/", 0 when they do not.
// nginx decodes the path before it looks for a location, so "%2fsession%2f" gets there too.
std::size_t session_prefix(std::string_view path) noexcept {
    std::size_t at = 0;
    for (const char wanted : kSession) {
        const std::optional<char> escaped = base::leading_escape(path.substr(at));
        if (at == path.size() || base::to_lower(escaped.value_or(path[at])) != wanted) {
            return 0;
        }
        at += escaped ? 3 : 1;
    }
    return at;
}

// How many characters at the front of `path` are as long as a session id, and could be
// one that got into another path, as in "/api/session;x/{id}"; 0 otherwise.
std::size_t id_like_prefix(std::string_view path) noexcept {
    const auto* end = std::ranges::find_if_not(path, base::is_alnum);
    const auto length = static_cast<std::size_t>(end - path.begin());
    return length >= session::kIdLength ? length : 0;
}

void append_masked_path(std::string& out, std::string_view path) {
    for (std::size_t at = 0; at < path.size();) {
        const std::string_view rest = path.substr(at);
        if (const std::size_t prefix = session_prefix(rest)) {
            out += rest.substr(0, prefix);
            out += prefix < rest.size() ? "*" : "";
            return;
        }
        const bool word_begins = at == 0 || !base::is_alnum(path[at - 1]);
        const std::size_t id = word_begins ? id_like_prefix(rest) : 0;
        if (id > 0) {
            out += '*';
            at += id;
            continue;
        }
        out += path[at++];
    }
}

// nginx's own text, with the request line masked and without the Referer, which
// may be one of our URLs.
u_char* on_log_request(ngx_http_request_t* r, ngx_http_request_t* sr, u_char* buf,
                       std::size_t len) noexcept {
    u_char* const end = buf + len;
    auto* server = static_cast<ngx_http_core_srv_conf_t*>(
        ngx_http_get_module_srv_conf(r, ngx_http_core_module));
    u_char* p = ngx_slprintf(buf, end, ", server: %V", &server->server_name);
    try {
        const std::string line = masked(view(r->request_line));
        const ngx_str_t text = as_ngx(line);
        p = ngx_slprintf(p, end, ", request: \"%V\"", &text);
    } catch (const std::exception&) {
        p = ngx_slprintf(p, end, ", request: -");
    }
    if (r != sr) {
        const std::string_view path = view(sr->uri);
        const ngx_str_t shown = as_ngx(path.substr(0, path.find(kSession)));
        p = ngx_slprintf(p, end, ", subrequest: \"%V\"", &shown);
    }
    if (sr->upstream != nullptr && sr->upstream->peer.name != nullptr) {
        p = ngx_slprintf(p, end, ", upstream: \"%V%V\"", &sr->upstream->schema,
                         sr->upstream->peer.name);
    }
    if (r->headers_in.host != nullptr) {
        p = ngx_slprintf(p, end, ", host: \"%V\"", &r->headers_in.host->value);
    }
    return p;
}

}  // namespace

std::string masked(std::string_view line) {
    // METHOD SP target SP protocol; a malformed line has less, and is all target.
    const std::size_t method_end = line.find(' ');
    const std::size_t start = method_end == std::string_view::npos ? 0 : method_end + 1;
    const std::size_t protocol = line.rfind(" HTTP/");
    const std::size_t end =
        protocol == std::string_view::npos || protocol < start ? line.size() : protocol;

    const std::string_view target = line.substr(start, end - start);
    const std::size_t question = target.find('?');
    std::string out(line.substr(0, start));
    append_masked_path(out, target.substr(0, question));
    if (question != std::string_view::npos) {
        out += '?';
        append_masked_query(out, target.substr(question + 1));
    }
    out += line.substr(end);
    return out;
}

void mask_request_line(ngx_http_request_t* r) noexcept {
    r->main->log_handler = &on_log_request;
}

}  // namespace social::ngx
