#include "redis_client/redis_tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <utility>

#include "crypto/evp.hpp"

#if __has_include(<hiredis/hiredis_ssl.h>)
#include <hiredis/hiredis_ssl.h>
#endif

namespace social::loop {

struct RedisTls::Contexts {
    struct Free {
        void operator()(SSL_CTX* made) const noexcept { SSL_CTX_free(made); }
    };
    std::unique_ptr<SSL_CTX, Free> context;
};

RedisTls::RedisTls(std::unique_ptr<Contexts> contexts) noexcept : contexts_(std::move(contexts)) {}

RedisTls::~RedisTls() = default;

Result<std::unique_ptr<RedisTls>> RedisTls::create(const std::string& ca_file) {
    // nginx would log entries left in OpenSSL's error queue at its next TLS connection.
    const crypto::ErrorMark mark;
    auto contexts = std::make_unique<Contexts>();
    contexts->context.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* context = contexts->context.get();
    if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
        return fail(Kind::internal, "cannot create a TLS context");
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context)
                                       : SSL_CTX_load_verify_file(context, ca_file.c_str());
    if (loaded != 1) {
        return fail(Kind::bad_request, "has a ca_file without readable certificates", ca_file);
    }
    return std::unique_ptr<RedisTls>(new RedisTls(std::move(contexts)));
}

#if __has_include(<hiredis/hiredis_ssl.h>)

bool RedisTls::available() noexcept {
    return true;
}

namespace {

// Sets the expected subject (RFC 6125). SNI allows only host names, not addresses (RFC 6066 §3).
bool expect_name(SSL& ssl, const std::string& name) {
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(&ssl), name.c_str()) == 1) {
        return true;
    }
    return SSL_set1_host(&ssl, name.c_str()) == 1 &&
           SSL_set_tlsext_host_name(&ssl, name.c_str()) == 1;
}

}  // namespace

// hiredis' TLS contexts do not verify the host name. So this passes an SSL object that does.
// hiredis owns it and frees it with the connection.
bool RedisTls::secure(redisAsyncContext& context, const std::string& name) const {
    SSL* ssl = SSL_new(contexts_->context.get());
    if (ssl == nullptr) {
        return false;
    }
    if (!expect_name(*ssl, name)) {
        SSL_free(ssl);
        return false;
    }
    return redisInitiateSSL(&context.c, ssl) == REDIS_OK;
}

#else

bool RedisTls::available() noexcept {
    return false;
}

bool RedisTls::secure(redisAsyncContext& /*context*/, const std::string& /*name*/) const {
    return false;
}

#endif

}  // namespace social::loop
