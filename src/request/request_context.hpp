// The interface of a request to flows: inputs as text, settings, ports, and the format of errors.
//
// A member of RequestFlow or CredentialFlow, which lives until the request ends at the latest. Text
// that it returns is in the request's pool and lives as long as the request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/cookie.hpp"
#include "flow/ports.hpp"
#include "flow/sessions.hpp"
#include "ngx/ngx.hpp"
#include "request/answer.hpp"
#include "request/error_response.hpp"
#include "settings/settings.hpp"
#include "worker/worker.hpp"

namespace social::ngx {

class RequestContext {
public:
    explicit RequestContext(ngx_http_request_t* r);

    [[nodiscard]] ngx_http_request_t* request() const noexcept { return r_; }
    [[nodiscard]] MainSettings& settings() const noexcept { return main_; }
    // Precondition: the worker exists. RequestFlow::run() and on_credential() check it.
    [[nodiscard]] Worker& worker() const noexcept { return *main_.worker; }
    // Unix seconds, as nginx cached them for this iteration of the event loop.
    [[nodiscard]] std::int64_t now() const noexcept { return ngx_time(); }

    // The request target as received (RFC 9112 §3.2).
    [[nodiscard]] std::string_view target() const noexcept { return view(r_->unparsed_uri); }
    // Raw, without "?".
    [[nodiscard]] std::string_view query() const noexcept { return view(r_->args); }
    // Decoded and normalized by nginx.
    [[nodiscard]] std::string_view path() const noexcept { return view(r_->uri); }
    [[nodiscard]] base::Cookies cookies() const;

    // The location's provider; nullptr if the location names none. Throws Failure (not_found) if no
    // block has that name.
    [[nodiscard]] const oauth::Provider* provider();
    // Like provider(). Throws Failure (not_found) if the location names none.
    [[nodiscard]] const oauth::Provider& required_provider();

    // The public scheme and authority of the gateway, without a trailing slash. Throws Failure with
    // the error of site::public_url_of_request().
    [[nodiscard]] const std::string& public_url();
    // The configured or Host-derived URL, before validation. Throws std::bad_alloc.
    [[nodiscard]] std::string_view stated_public_url() const;

    // Sets $social_site. Throws std::bad_alloc.
    void set_site(const site::Site& site);

    // Adds a link to a new login, which returns to `return_to`, to every error page. `provider`
    // outlives the context. Throws as public_url() does.
    void offer_try_again(const oauth::Provider& provider, std::string_view return_to);

    // Adds a header to the response, also if that is an error. `name` has static storage.
    void add_header(std::string_view name, std::string value);
    [[nodiscard]] const std::vector<AnswerHeader>& headers() const noexcept { return headers_; }

    // $social_result; `word` has static storage.
    void set_result(std::string_view word);

    // Logs the error, sets $social_result and returns the error response. RequestFlow calls it for
    // exceptions of a flow, too.
    [[nodiscard]] Answer error_answer(const Error& error);

    // The format of error responses. The first call negotiates it from Accept and Accept-Language.
    [[nodiscard]] ErrorFormat& presentation();

private:
    ngx_http_request_t* r_;
    MainSettings& main_;
    ErrorFormat presentation_;
    bool negotiated_ = false;                   // presentation_ has the negotiated format
    std::string public_url_;                    // empty until public_url() is called
    const oauth::Provider* offered_ = nullptr;  // for a new login; nullptr: no link
    std::string return_to_;                     // redirectUrl of the new login
    std::vector<AnswerHeader> headers_;
};

}  // namespace social::ngx
