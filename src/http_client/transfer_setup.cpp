// Sets the options of a transfer on a new easy handle. Each option that libcurl rejects is a
// Failure.
#include <curl/curl.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <new>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "base/secret.hpp"
#include "coro/result_task.hpp"
#include "http_client/curl_multi.hpp"
#include "http_client/transfer.hpp"

namespace social::loop {

namespace {

// ms, for name resolution, TCP connect and TLS handshake together.
constexpr long kMaxConnectTime = 3000;

constexpr const char* kUserAgent = "nginx-social";

bool names_content_type(const base::HttpHeader& header) noexcept {
    return base::equals_ignoring_case(header.name, "Content-Type");
}

CURLcode on_tls_context(CURL* /*easy*/, void* context, void* store) noexcept {
    SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(context), static_cast<X509_STORE*>(store));
    return CURLE_OK;
}

}  // namespace

Transfer::Transfer(CurlMulti& multi, base::HttpRequest request, ResolvedTarget route)
    : multi_(&multi),
      out_{
          .request = std::move(request), .route = std::move(route), .headers = {}, .addresses = {}},
      easy_(curl_easy_init()) {
    if (!easy_) {
        throw std::bad_alloc();
    }
    set_up_transport();
    set_up_security();
    set_up_request();
    set_up_answer();
}

template <class Value>
void Transfer::set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code != CURLE_OK) {
        throw flow::Failure(
            Error(Kind::internal, "libcurl rejected an option", curl_easy_strerror(code)));
    }
}

void Transfer::set_up_transport() {
    const long limit = std::max(1L, static_cast<long>(out_.route.limit));
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, limit);
    set(CURLOPT_CONNECTTIMEOUT_MS, std::min(limit, kMaxConnectTime));
    // Otherwise a cancelled transfer blocks until libcurl's resolver thread ends.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_OPENSOCKETFUNCTION, &CurlSockets::on_open);
    set(CURLOPT_OPENSOCKETDATA, &multi_->sockets());
    set(CURLOPT_PROXY, "");  // overrides the proxy variables of the environment
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    if (out_.route.addresses.empty()) {
        return;
    }
    // '+': the entry expires after libcurl's DNS cache timeout, one minute.
    const Target& target = out_.route.target;
    std::string line = '+' + target.host + ':' + std::to_string(target.port) + ':';
    for (const std::string& address : out_.route.addresses) {
        line += address;
        line += ',';
    }
    line.pop_back();
    out_.addresses.add(line);
    set(CURLOPT_RESOLVE, out_.addresses.get());
}

// RFC 9325 §3.1.1: TLS 1.2 or later. Redirects are not followed, since a provider could redirect
// the request to an internal host (CWE-918).
void Transfer::set_up_security() {
    set(CURLOPT_PROTOCOLS_STR, out_.route.target.encrypted ? "https" : "http");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set_up_trust();
}

// libcurl caches the parsed system certificates only if CURLOPT_CAPATH is not set. Parsing them
// would block the loop for 20 ms at each new connection.
//
// The certificates of a ca_file were parsed with the configuration, and the callback installs them.
// libcurl compares the blob: it never reuses a connection verified with other certificates.
void Transfer::set_up_trust() {
    const crypto::TrustedCertificates* trusted = out_.route.trusted;
    if (trusted != nullptr || curl_version_info(CURLVERSION_NOW)->cainfo != nullptr) {
        set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    }
    if (trusted == nullptr) {
        return;
    }
    const std::string_view label = trusted->label();
    curl_blob blob{
        .data = const_cast<char*>(label.data()), .len = label.size(), .flags = CURL_BLOB_NOCOPY};
    set(CURLOPT_CAINFO_BLOB, &blob);
    set(CURLOPT_SSL_CTX_FUNCTION, &on_tls_context);
    set(CURLOPT_SSL_CTX_DATA, trusted->store());
}

// Suppresses libcurl's Expect header, and its Content-Type where the request has none.
void Transfer::set_up_request() {
    const base::HttpRequest& request = out_.request;
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PATH_AS_IS, 1L);  // a signature may cover the path
    set(CURLOPT_USERAGENT, kUserAgent);
    const bool posts = request.method == "POST";
    if (posts || !request.body.empty()) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_POSTFIELDS, request.body.data());
        out_.headers.add("Expect:");
    }
    if (request.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
    } else if (!posts) {
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    if (std::ranges::none_of(request.headers, names_content_type)) {
        out_.headers.add("Content-Type:");
    }
    for (const base::HttpHeader& header : request.headers) {
        std::string line = header.name + ": " + header.value;
        if (header.value.empty()) {
            line = header.name + ';';
        }
        out_.headers.add(line);
        base::wipe(line);
    }
    set(CURLOPT_HTTPHEADER, out_.headers.get());
}

void Transfer::set_up_answer() {
    set(CURLOPT_PRIVATE, this);
    set(CURLOPT_ERRORBUFFER, in_.error.data());
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_ACCEPT_ENCODING, "gzip");
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(base::kMaxResponseBody));
}

}  // namespace social::loop
