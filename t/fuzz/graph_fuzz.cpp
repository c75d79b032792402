// The profile of a user and the pages of the list of accounts: a first line with the provider's
// type, then the answer. The session that is made of them can be read and refreshed again.
#include <string>

#include "base/utf8.hpp"
#include "oauth/graph.hpp"
#include "oauth/session_body.hpp"
#include "providers.hpp"

using namespace social;
using namespace social::fuzz;

namespace {

void check_page(const oauth::Provider& provider, const oauth::AccountsPage& page) {
    for (const base::Json& account : page.accounts) {
        require(account.is_object() && account.member("id").id().has_value());
    }
    if (!provider.accounts_url.empty()) {
        const std::string url = oauth::accounts_page_url(provider, page.after);
        require(url.starts_with(provider.accounts_url));
        check_request(base::HttpRequest("GET", url));
        check_request(
            oauth::api_request(provider, oauth::ApiCall("GET", url), base::Secret("t"), kNow));
    }
}

void check_session(const oauth::Provider& provider, oauth::SessionParts parts) {
    const auto body = oauth::session_body(provider.type->shape, parts);
    require(body && base::is_utf8(*body) && body->starts_with('{') && body->ends_with('}'));
    const auto json = base::Json::parse(*body);
    require(json && json->member("profile").dump() == parts.profile.dump());
    require(json->member("accounts").size() <= parts.accounts.size());

    oauth::RefreshedParts renewed;
    renewed.token = base::Secret("another");
    renewed.expires_at = kNow;
    const auto again = oauth::refreshed_body(provider.type->shape, *body, renewed);
    require(again.has_value());
    const auto read = base::Json::parse(*again);
    require(read && read->member("profile").dump() == parts.profile.dump());
    require(read->member("accounts").size() == json->member("accounts").size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = text_of(data, size);
    const oauth::Provider& provider = take_provider(rest);
    const base::HttpResponse response = take_response(rest);

    oauth::SessionParts parts;
    parts.token = base::Secret("token");
    parts.profile = base::Json::object();
    const auto profile = oauth::read_profile(provider, response);
    if (profile) {
        require(profile->is_object() && base::is_utf8(oauth::user_id_of(*profile)));
        parts.profile = *profile;
    } else {
        check_error(profile.error());
    }
    const auto page = oauth::read_accounts_page(response);
    if (page) {
        check_page(provider, *page);
        parts.accounts = page->accounts;
    } else {
        check_error(page.error());
    }
    check_session(provider, parts);
    return 0;
}
