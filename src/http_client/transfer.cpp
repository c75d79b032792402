#include "http_client/transfer.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "base/ascii.hpp"
#include "base/secret.hpp"
#include "coro/result_task.hpp"
#include "http_client/curl_multi.hpp"
#include "loop/guard.hpp"

namespace social::loop {

namespace {

// Real responses of providers have a few KiB in some thirty lines.
constexpr std::size_t kMaxHeaderBytes = 64 * 1024;
constexpr std::size_t kMaxHeaderLines = 200;

std::string_view what_failed(CURLcode code) noexcept {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return "the provider's name cannot be resolved";
        case CURLE_COULDNT_CONNECT:
            return "no connection to the provider";
        case CURLE_OPERATION_TIMEDOUT:
            return "the provider did not answer in time";
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CONNECT_ERROR:
            return "no trusted TLS connection to the provider";
        case CURLE_FILESIZE_EXCEEDED:
            return "the provider's answer is too long";
        default:
            return "the exchange with the provider failed";
    }
}

}  // namespace

Transfer::Lines::~Lines() {
    for (const curl_slist* line = first_; line != nullptr; line = line->next) {
        OPENSSL_cleanse(line->data, std::strlen(line->data));
    }
    curl_slist_free_all(first_);
}

void Transfer::Lines::add(const std::string& line) {
    curl_slist* longer = curl_slist_append(first_, line.c_str());
    if (longer == nullptr) {
        throw std::bad_alloc();
    }
    first_ = longer;
}

Transfer::~Transfer() {
    leave();
    easy_.reset();  // first: it has pointers into the other members
    base::wipe(in_.body);
}

bool Transfer::start() {
    return multi_->add(*this, easy_.get()) == CURLM_OK;
}

void Transfer::leave() noexcept {
    if (multi_ != nullptr) {
        std::exchange(multi_, nullptr)->remove(*this, easy_.get());
    }
}

void Transfer::finish(CURLcode code) noexcept {
    in_.code = code;
    leave();
    wakeup_.post();
}

void Transfer::give_up() noexcept {
    leave();
    easy_.reset();
}

base::HttpResponse Transfer::await_resume() {
    if (in_.code != CURLE_OK) {
        throw flow::Failure(failure());
    }
    base::HttpResponse response = answer();
    // 1xx is no final response, and codes outside 100–599 are invalid (RFC 9110 §15).
    if (response.status < 200 || response.status > 599) {
        throw flow::Failure(Error(Kind::provider_unavailable,
                                  "the exchange with the provider failed",
                                  out_.route.target.host + ": unusable status"));
    }
    return response;
}

// libcurl's error text may contain hosts, files and TLS errors, but no query or body.
Error Transfer::failure() const {
    const std::string& host = out_.route.target.host;
    if (!in_.refusal.empty()) {
        return Error(Kind::provider_unavailable, in_.refusal, host);
    }
    const std::string_view text =
        in_.error.front() == '\0' ? curl_easy_strerror(in_.code) : in_.error.data();
    std::string detail = host + ": " + std::string(text);
    std::ranges::replace_if(detail, [](char c) { return c != ' ' && !base::is_visible(c); }, '?');
    return Error(Kind::provider_unavailable, what_failed(in_.code), std::move(detail));
}

// Omits the fields of interim responses, and trailers, which must not be merged into the header
// section (RFC 9110 §6.5.1).
base::HttpResponse Transfer::answer() {
    base::HttpResponse response;
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    curl_header* header = nullptr;
    while ((header = curl_easy_nextheader(easy_.get(), CURLH_HEADER, -1, header)) != nullptr) {
        response.headers.push_back({.name = header->name, .value = header->value});
    }
    response.body = std::move(in_.body);
    return response;
}

// libcurl passes decompressed bytes, so the limit also stops a decompression bomb (CWE-409).
std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count,
                              void* self) noexcept {
    auto* in = &static_cast<Transfer*>(self)->in_;
    const std::size_t length = size * count;
    if (length > base::kMaxResponseBody - in->body.size()) {
        in->refusal = "the provider's answer is too long";
        return 0;
    }
    return guard(ngx_cycle->log, "reading an answer", std::size_t{0}, [in, bytes, length] {
        base::append_wiping(in->body, {bytes, length});
        return length;
    });
}

// Also counts the lines of interim responses and trailers: libcurl stores them all.
std::size_t Transfer::on_header(char*, std::size_t size, std::size_t count, void* self) noexcept {
    auto* in = &static_cast<Transfer*>(self)->in_;
    const std::size_t length = size * count;
    in->header_bytes += length;
    in->header_lines += 1;
    if (in->header_bytes > kMaxHeaderBytes || in->header_lines > kMaxHeaderLines) {
        in->refusal = "the provider's answer has too long a header";
        return 0;
    }
    return length;
}

}  // namespace social::loop
