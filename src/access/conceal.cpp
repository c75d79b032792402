#include "access/conceal.hpp"

#include <new>
#include <string_view>

namespace social::ngx {

namespace {

// Shorter texts, such as "Bearer", may match a credential by chance.
constexpr std::size_t kShortest = 8;  // bytes

// The secret part of an Authorization value: the bearer token or the signature.
std::string_view core_of(std::string_view credential) noexcept {
    constexpr std::string_view kSignature = "oauth_signature=\"";
    std::string_view core = credential.substr(credential.find(' ') + 1);
    if (const std::size_t at = core.find(kSignature); at != std::string_view::npos) {
        core.remove_prefix(at + kSignature.size());
        core = core.substr(0, core.find('"'));
    }
    return core.size() >= kShortest ? core : credential;
}

bool shows(std::string_view text, std::string_view credential) noexcept {
    return text.size() >= kShortest &&
           (text.contains(core_of(credential)) || credential.contains(text));
}

template <class Visit>
void for_each_variable(ngx_http_request_t* r, std::string_view credential, Visit visit) noexcept {
    const auto* core = static_cast<const ngx_http_core_main_conf_t*>(
        ngx_http_get_module_main_conf(r, ngx_http_core_module));
    for (ngx_uint_t i = 0; i < core->variables.nelts; ++i) {
        ngx_http_variable_value_t& value = r->variables[i];
        if (value.valid != 0 && value.not_found == 0 && shows(view(value), credential)) {
            visit(value);
        }
    }
}

void conceal_headers(const ngx_list_t& headers, std::string_view credential) noexcept {
    for (const ngx_list_part_t* part = &headers.part; part != nullptr; part = part->next) {
        auto* lines = static_cast<ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i) {
            if (lines[i].hash != 0 && shows(view(lines[i].value), credential)) {
                lines[i].value.len = 0;
            }
        }
    }
}

}  // namespace

void conceal(ngx_http_request_t* r, const base::Secret& credential) noexcept {
    const std::string_view text = credential.reveal();
    if (text.empty()) {
        return;
    }
    for_each_variable(r, text, [](ngx_http_variable_value_t& value) { value.len = 0; });
    conceal_headers(r->headers_out.headers, text);
    conceal_headers(r->headers_out.trailers, text);
    if (r->upstream != nullptr) {
        conceal_headers(r->upstream->headers_in.headers, text);
        conceal_headers(r->upstream->headers_in.trailers, text);
    }
    if (r != r->main) {
        conceal_headers(r->main->headers_out.headers, text);
    }
}

void forget(ngx_http_request_t* r, const base::Secret& credential) noexcept {
    if (!credential.empty()) {
        for_each_variable(r, credential.reveal(),
                          [](ngx_http_variable_value_t& value) { value.valid = 0; });
    }
}

void copy_variables(ngx_http_request_t* subrequest) {
    const auto* core = static_cast<const ngx_http_core_main_conf_t*>(
        ngx_http_get_module_main_conf(subrequest, ngx_http_core_module));
    const std::size_t size = core->variables.nelts * sizeof(ngx_http_variable_value_t);
    void* copied = ngx_palloc(subrequest->pool, size);
    if (copied == nullptr) {
        throw std::bad_alloc();
    }
    subrequest->variables =
        static_cast<ngx_http_variable_value_t*>(std::memcpy(copied, subrequest->variables, size));
}

}  // namespace social::ngx
