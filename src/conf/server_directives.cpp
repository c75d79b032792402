// social_public_url and social_pages: directives of http{} and server{}.
#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>

#include "conf/conf_value.hpp"
#include "conf/directives.hpp"
#include "page/page.hpp"
#include "site/public_url.hpp"

namespace social::ngx {

namespace {

Result<void> read_page(Directive& directive, page::PageName name, PageTemplates& templates) {
    const std::string path =
        std::string(directive.values.front()) + '/' + std::string(page::file_name(name));
    if (!std::filesystem::exists(conf_path(directive.cf, path))) {
        return {};
    }
    Result<std::string> text = read_file(directive.cf, path);
    if (!text) {
        return std::unexpected(std::move(text.error()));
    }
    if (Result<void> sound = page::check_template(name, *text); !sound) {
        sound.error().detail += " in " + path;
        return sound;
    }
    templates[static_cast<std::size_t>(name)] = std::move(*text);
    return {};
}

bool is_page(const std::string& file) {
    for (std::size_t i = 0; i < page::kPageCount; ++i) {
        if (page::file_name(static_cast<page::PageName>(i)) == file) {
            return true;
        }
    }
    return false;
}

// A misspelled file name silently selects the built-in page.
void warn_of_other_pages(const Directive& directive, const PageTemplates& templates) {
    const DirectivePosition at = position(directive.cf);
    bool other = false;
    for (const auto& entry :
         std::filesystem::directory_iterator(conf_path(directive.cf, directive.values.front()))) {
        const std::filesystem::path& file = entry.path();
        other = other || (file.extension() == ".html" && !is_page(file.filename().string()));
    }
    if (other) {
        log_conf_warning(directive.cf, {at, directive.name},
                         "has a directory with an .html file that is no page: the pages are "
                         "landing, wrong-site, refused, expired, provider and unavailable");
    }
    if (std::ranges::all_of(templates, &std::string::empty)) {
        log_conf_warning(directive.cf, {at, directive.name},
                         "has a directory without a page, so all pages are the built-in ones");
    }
}

}  // namespace

Result<void> set_public_url(Directive& directive, ServerSettings& settings) {
    if (settings.public_url != nullptr) {
        return fail(Kind::bad_request, "is duplicate");
    }
    const std::string_view text = directive.values.front();
    settings.public_url = compile_value(directive.cf, as_ngx(text));
    if (settings.public_url == nullptr) {
        return fail(Kind::bad_request, kAlreadyLogged);
    }
    // A value with variables is checked at each request.
    const bool fixed = settings.public_url->lengths == nullptr;
    if (const Result<std::string> url = site::parse_public_url(text); fixed && !url) {
        // The user part may hold a password, so the message omits the value.
        const std::string shown(text.contains('@') ? std::string_view() : text);
        return fail(Kind::bad_request,
                    "needs an absolute URL without query, as in https://gateway.example",
                    std::string(url.error().what) + (shown.empty() ? "" : ": ") + shown);
    }
    return {};
}

Result<void> set_pages(Directive& directive, ServerSettings& settings) {
    if (settings.pages != nullptr) {
        return fail(Kind::bad_request, "is duplicate");
    }
    if (!std::filesystem::is_directory(conf_path(directive.cf, directive.values.front()))) {
        return fail(Kind::bad_request, "names no directory", std::string(directive.values.front()));
    }
    auto* templates = &create<PageTemplates>(directive.cf->pool);
    for (std::size_t i = 0; i < page::kPageCount; ++i) {
        if (const Result<void> read =
                read_page(directive, static_cast<page::PageName>(i), *templates);
            !read) {
            return read;
        }
    }
    warn_of_other_pages(directive, *templates);
    settings.pages = templates;
    return {};
}

}  // namespace social::ngx
