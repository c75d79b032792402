#include "oauth/session_body.hpp"

#include <initializer_list>
#include <optional>

namespace social::oauth {

namespace {

base::Json text_of(const base::Json& value) {
    return value.is_string() ? value : base::Json();
}

base::Json id_of(const base::Json& value) {
    const std::optional<std::string> id = value.id();
    return id ? base::Json::string(*id) : base::Json();
}

base::Json flag_of(const base::Json& value) {
    return value.is_boolean() ? value : base::Json();
}

// Maps each element of an array with `one`. Returns an absent value if `list` is no array.
template <class One>
base::Json each(const base::Json& list, One one) {
    if (!list.is_array()) {
        return {};
    }
    base::Json out = base::Json::array();
    for (std::size_t i = 0; i < list.size(); ++i) {
        out.push(one(list.at(i)));
    }
    return out;
}

base::Json category(const base::Json& from) {
    base::Json out = base::Json::object();
    out.set("id", id_of(from.member("id")));
    out.set("name", text_of(from.member("name")));
    return out;
}

base::Json page_account(const base::Json& from) {
    base::Json out = base::Json::object();
    out.set("access_token", text_of(from.member("access_token")));
    out.set("category", text_of(from.member("category")));
    out.set("category_list", each(from.member("category_list"), category));
    out.set("name", text_of(from.member("name")));
    out.set("id", id_of(from.member("id")));
    out.set("tasks", each(from.member("tasks"), text_of));
    return out;
}

base::Json business_account(const base::Json& from) {
    if (!from.is_object()) {
        return {};
    }
    base::Json out = base::Json::object();
    out.set("id", id_of(from.member("id")));
    out.set("name", text_of(from.member("name")));
    out.set("username", text_of(from.member("username")));
    return out;
}

// The first present member: Graph renamed some fields over time.
base::Json first_of(const base::Json& from, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        if (base::Json found = from.member(name); found.present()) {
            return found;
        }
    }
    return {};
}

// The session JSON keeps the names from before Graph renamed the fields.
base::Json instagram_account(const base::Json& from) {
    base::Json out = base::Json::object();
    out.set("id", id_of(from.member("id")));
    out.set("username", text_of(from.member("username")));
    out.set("has_profile_picture",
            flag_of(first_of(from, {"has_profile_pic", "has_profile_picture"})));
    out.set("profile_pic", text_of(first_of(from, {"profile_picture_url", "profile_pic"})));
    return out;
}

base::Json instagram_page_account(const base::Json& from) {
    // Graph nests an edge as an object with `data`.
    const base::Json edge = from.member("instagram_accounts");
    base::Json out = base::Json::object();
    out.set("instagram_business_account",
            business_account(from.member("instagram_business_account")));
    out.set("access_token", text_of(from.member("access_token")));
    out.set("name", text_of(from.member("name")));
    out.set("id", id_of(from.member("id")));
    out.set("instagram_accounts",
            each(edge.is_array() ? edge : edge.member("data"), instagram_account));
    return out;
}

template <class Account>
void add_accounts(base::Json& out, const SessionParts& parts, Account account) {
    base::Json list = base::Json::array();
    for (const base::Json& from : parts.accounts) {
        list.push(account(from));
    }
    out.set("token", parts.token.reveal());
    out.set("accounts", list);
}

// `Parts` is SessionParts or RefreshedParts.
template <class Parts>
void add_token(base::Json& out, const Parts& parts) {
    out.set("token", parts.token.reveal());
    if (parts.expires_at != 0) {
        out.set("expires_at", base::Json::integer(parts.expires_at));
    }
    if (!parts.scope.empty()) {
        out.set("scope", parts.scope);
    }
}

Result<base::Json> stored_body(std::string_view body) {
    Result<base::Json> stored = base::Json::parse(body, base::kTrustedJson);
    if (!stored || !stored->is_object()) {
        return fail(Kind::internal, "the stored session cannot be read");
    }
    return stored;
}

}  // namespace

Result<std::string> session_body(SessionShape shape, const SessionParts& parts) {
    if (!parts.profile.is_object()) {
        return fail(Kind::provider_unavailable, "the provider did not say who the user is");
    }
    base::Json out = base::Json::object();
    out.set("profile", parts.profile);
    switch (shape) {
        case SessionShape::pages:
            add_accounts(out, parts, page_account);
            break;
        case SessionShape::instagram_pages:
            add_accounts(out, parts, instagram_page_account);
            break;
        case SessionShape::plain:
            add_token(out, parts);
            break;
        case SessionShape::oauth1_profile:
            break;  // the profile holds the tokens
    }
    return out.dump();
}

Result<void> check_session_body(std::string_view body) {
    const Result<base::Json> stored = stored_body(body);
    if (!stored) {
        return std::unexpected(stored.error());
    }
    return {};
}

Result<std::string> refreshed_body(SessionShape shape, std::string_view body,
                                   const RefreshedParts& parts) {
    const Result<base::Json> before = stored_body(body);
    if (!before) {
        return std::unexpected(before.error());
    }
    base::Json out = base::Json::object();
    out.set("session", before->member("session"));
    out.set("profile", before->member("profile"));
    switch (shape) {
        case SessionShape::pages:
        case SessionShape::instagram_pages:
            out.set("token", parts.token.reveal());
            out.set("accounts", before->member("accounts"));
            break;
        case SessionShape::plain:
            add_token(out, parts);
            if (parts.scope.empty()) {
                out.set("scope", before->member("scope"));
            }
            break;
        case SessionShape::oauth1_profile:
            break;  // OAuth 1.0a tokens are not refreshed
    }
    return out.dump();
}

}  // namespace social::oauth
