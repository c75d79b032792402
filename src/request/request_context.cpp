#include "request/request_context.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "base/percent.hpp"
#include "coro/result_task.hpp"
#include "loop/error_log.hpp"
#include "page/language.hpp"
#include "request/headers_in.hpp"
#include "request/request_state.hpp"
#include "site/public_url.hpp"

namespace social::ngx {

namespace {

// The result is in the request's pool.
std::string_view complex_value(ngx_http_request_t* r, ngx_http_complex_value_t* value) {
    ngx_str_t text{};
    if (ngx_http_complex_value(r, value, &text) != NGX_OK) {
        throw std::bad_alloc();
    }
    return view(text);
}

// An indexed variable needs neither a script nor a copy.
std::string_view provider_name(ngx_http_request_t* r, const LocationSettings& settings) {
    if (!settings.provider_variable) {
        return settings.provider != nullptr ? complex_value(r, settings.provider) : "";
    }
    const ngx_http_variable_value_t* value =
        ngx_http_get_flushed_variable(r, *settings.provider_variable);
    return value != nullptr && value->not_found == 0 ? view(*value) : "";
}

}  // namespace

RequestContext::RequestContext(ngx_http_request_t* r) : r_(r), main_(main_settings(r)) {}

ErrorFormat& RequestContext::presentation() {
    if (std::exchange(negotiated_, true)) {
        return presentation_;
    }
    presentation_.templates = server_settings(r_).pages;
    const Endpoint endpoint = location_settings(r_).endpoint;
    if (is_api(endpoint) || page::prefers_json(header_in(r_, "accept"))) {
        presentation_.medium = ResponseFormat::envelope;
    } else {
        presentation_.medium = ResponseFormat::page;
        presentation_.language = page::negotiate_language(header_in(r_, "accept-language"));
    }
    return presentation_;
}

base::Cookies RequestContext::cookies() const {
    base::Cookies all;
    for_each_cookie_header(r_, [&all](std::string_view header) { all.add(header); });
    return all;
}

const oauth::Provider* RequestContext::provider() {
    const std::string_view name = provider_name(r_, location_settings(r_));
    if (name.empty()) {
        return nullptr;
    }
    const oauth::Provider* found = main_.find_provider(name);
    if (found == nullptr) {
        throw flow::Failure(Error{Kind::not_found, "Session not found", "unknown provider"});
    }
    presentation_.provider = found->name;
    presentation_.brand = found->brand;
    request_state(r_).provider = as_ngx(found->name);
    return found;
}

const oauth::Provider& RequestContext::required_provider() {
    const oauth::Provider* found = provider();
    if (found == nullptr) {
        throw flow::Failure(Error{Kind::not_found, "Not found", "the location names no provider"});
    }
    return *found;
}

const std::string& RequestContext::public_url() {
    if (public_url_.empty()) {
        public_url_ = flow::value(site::public_url_of_request(stated_public_url()));
    }
    return public_url_;
}

std::string_view RequestContext::stated_public_url() const {
    if (ngx_http_complex_value_t* configured = server_settings(r_).public_url) {
        return complex_value(r_, configured);
    }
    const std::string_view scheme = is_https(r_) ? "https://" : "http://";
    const std::string_view host = header_in(r_, "host");
    const std::size_t size = scheme.size() + host.size();
    auto* text = static_cast<char*>(ngx_pnalloc(r_->pool, size));
    if (text == nullptr) {
        throw std::bad_alloc();
    }
    std::ranges::copy(host, std::ranges::copy(scheme, text).out);
    return {text, size};
}

void RequestContext::set_site(const site::Site& site) {
    request_state(r_).site = as_ngx(site.id);
}

void RequestContext::offer_try_again(const oauth::Provider& provider, std::string_view return_to) {
    static_cast<void>(public_url());  // throws here, not in error_answer()
    offered_ = &provider;
    return_to_ = return_to;
}

void RequestContext::add_header(std::string_view name, std::string value) {
    headers_.push_back({name, std::move(value)});
}

Answer RequestContext::error_answer(const Error& error) {
    loop::log_error(r_->connection->log, error, presentation_.provider);
    set_result(result_word(error.kind));
    if (offered_ != nullptr) {
        presentation_.try_again = public_url() + '/' + offered_->name +
                                  "/auth?redirectUrl=" + base::percent_encode(return_to_);
    }
    return present(error, presentation());
}

void RequestContext::set_result(std::string_view word) {
    ngx::set_result(r_, as_ngx(word));
}

}  // namespace social::ngx
