// One request to one of our endpoints, as flows see it: its inputs as plain text,
// the settings that apply, the ports, and how its errors are to be shown.
//
// Made by RequestFlow at the start of a request and gone with it. Text that it
// gives is in the request's pool and lives as long as the request.
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
    [[nodiscard]] Worker& worker() const noexcept { return *main_.worker; }
    [[nodiscard]] std::int64_t now() const noexcept { return ngx_time(); }

    // The request target as the client wrote it.
    [[nodiscard]] std::string_view target() const noexcept { return view(r_->unparsed_uri); }
    // Raw, without "?".
    [[nodiscard]] std::string_view query() const noexcept { return view(r_->args); }
    // Decoded and normalized by nginx.
    [[nodiscard]] std::string_view path() const noexcept { return view(r_->uri); }
    [[nodiscard]] base::Cookies cookies() const;

    // The location's provider. Throws Failure (not_found) for a name that no
    // block has; nullptr where the location names none.
    [[nodiscard]] const oauth::Provider* provider();
    // The same where the location must name one.
    [[nodiscard]] const oauth::Provider& required_provider();

    // Scheme and authority that browsers know the gateway by, without a slash at
    // the end. Throws Failure as site::public_url_of_request() fails.
    [[nodiscard]] const std::string& public_url();
    // The same as it is configured or comes from the Host header, not judged yet.
    [[nodiscard]] std::string_view stated_public_url() const;

    // $social_site from here on.
    void set_site(const site::Site& site);

    // Offers a fresh login to `return_to` on every page that reports an error. `provider`
    // outlives the context. Throws as public_url() does.
    void offer_try_again(const oauth::Provider& provider, std::string_view return_to);

    // A header for whatever answer this request will get; `name` has static storage.
    void add_header(std::string_view name, std::string value);
    [[nodiscard]] const std::vector<AnswerHeader>& headers() const noexcept { return headers_; }

    // $social_result; `word` has static storage.
    void set_result(std::string_view word);

    // Logs the error, and gives the answer that shows it. What a flow throws ends here, too.
    [[nodiscard]] Answer error_answer(const Error& error);

    // How errors are shown. Looks at what the client accepts when it is asked for first.
    [[nodiscard]] ErrorFormat& presentation();

private:
    ngx_http_request_t* r_;
    MainSettings& main_;
    ErrorFormat presentation_;
    bool negotiated_ = false;                   // presentation_ knows what the client accepts
    std::string public_url_;                    // empty until it is asked for
    const oauth::Provider* offered_ = nullptr;  // of a fresh login; nullptr where none is offered
    std::string return_to_;                     // its redirectUrl
    std::vector<AnswerHeader> headers_;
};

}  // namespace social::ngx
