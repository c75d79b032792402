#include "crypto/seal.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "base/random.hpp"
#include "base/secret.hpp"
#include "crypto/digest.hpp"
#include "crypto/evp.hpp"

namespace social::crypto {
namespace {

// EVP takes int lengths.
constexpr std::size_t kMaxBytes = std::numeric_limits<int>::max();

const std::uint8_t* octets(std::string_view bytes) noexcept {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

const EVP_CIPHER* aes_256_gcm() {
    static const Cipher fetched(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    require(fetched != nullptr, "OpenSSL has no AES-256-GCM");
    return fetched.get();
}

enum class Direction : int { open = 0, seal = 1 };

struct Use {
    Direction direction;
    std::size_t nonce_size;
    const KeyBytes& key;
};

// A cipher context with a key, for one direction and one nonce length.
class KeyedContext {
public:
    KeyedContext() = default;
    KeyedContext(const KeyedContext&) = delete;
    KeyedContext& operator=(const KeyedContext&) = delete;
    ~KeyedContext() { OPENSSL_cleanse(key_.data(), key_.size()); }

    [[nodiscard]] bool is_for(const Use& use) const noexcept {
        return nonce_size_ == use.nonce_size && direction_ == use.direction && key_ == use.key;
    }

    void prepare(const Use& use) {
        nonce_size_ = 0;
        if (context_ == nullptr) {
            context_.reset(EVP_CIPHER_CTX_new());
        }
        require(context_ != nullptr, "OpenSSL cannot create a cipher context");
        const int encrypt = static_cast<int>(use.direction);
        const bool done = EVP_CipherInit_ex2(context_.get(), aes_256_gcm(), nullptr, nullptr,
                                             encrypt, nullptr) == 1 &&
                          EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_IVLEN,
                                              static_cast<int>(use.nonce_size), nullptr) == 1 &&
                          EVP_CipherInit_ex2(context_.get(), nullptr, use.key.data(), nullptr,
                                             encrypt, nullptr) == 1;
        require(done, "OpenSSL refused a key for AES-256-GCM");
        direction_ = use.direction;
        key_ = use.key;
        nonce_size_ = use.nonce_size;
    }

    // Keeps the key of the context: init without a key changes the nonce only. `parameters` may be
    // null.
    EVP_CIPHER_CTX* start(std::string_view nonce, const OSSL_PARAM* parameters) {
        const int encrypt = static_cast<int>(direction_);
        require(EVP_CipherInit_ex2(context_.get(), nullptr, nullptr, octets(nonce), encrypt,
                                   parameters) == 1,
                "OpenSSL failed to start AES-256-GCM");
        return context_.get();
    }

private:
    CipherContext context_;
    Direction direction_ = Direction::open;
    std::size_t nonce_size_ = 0;  // 0: no key
    KeyBytes key_{};
};

// Caches the contexts of the keys used last: the key schedule costs more than decrypting a session
// id. A session read uses two contexts, a login two others.
constexpr std::size_t kCachedContexts = 8;

KeyedContext& context_for(const Use& use) {
    thread_local std::array<KeyedContext, kCachedContexts> cache;
    thread_local std::size_t oldest = 0;
    auto* context = std::ranges::find_if(
        cache, [&use](const KeyedContext& candidate) { return candidate.is_for(use); });
    if (context == cache.end()) {
        context = &cache[oldest];
        oldest = (oldest + 1) % cache.size();
        context->prepare(use);
    }
    return *context;
}

bool update(EVP_CIPHER_CTX* context, std::uint8_t* out, std::string_view in) noexcept {
    int written = 0;
    return in.empty() ||
           EVP_CipherUpdate(context, out, &written, octets(in), static_cast<int>(in.size())) == 1;
}

bool is_nonce(std::string_view nonce) noexcept {
    return nonce.size() == kNonceSize || nonce.size() == 16;
}

struct Message {
    std::string_view nonce;
    std::string_view associated;
};

// Wipes a plain text unless it gets sealed.
class WipeGuard {
public:
    explicit WipeGuard(std::string& text) noexcept : text_(&text) {}
    WipeGuard(const WipeGuard&) = delete;
    WipeGuard& operator=(const WipeGuard&) = delete;
    ~WipeGuard() {
        if (text_ != nullptr) {
            base::wipe(*text_);
        }
    }
    void dismiss() noexcept { text_ = nullptr; }

private:
    std::string* text_;
};

// Encrypts in place.
std::array<char, kTagSize> encrypt(const KeyBytes& key, const Message& message,
                                   std::span<char> text) {
    require(is_nonce(message.nonce), "a GCM nonce has 12 or 16 bytes");
    require(text.size() <= kMaxBytes && message.associated.size() <= kMaxBytes,
            "too long for AES-GCM");

    std::array<char, kTagSize> tag;
    auto* const out = reinterpret_cast<std::uint8_t*>(text.data());
    OSSL_PARAM tag_out[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag.data(), tag.size()),
        OSSL_PARAM_construct_end(),
    };
    const Use use{.direction = Direction::seal, .nonce_size = message.nonce.size(), .key = key};
    EVP_CIPHER_CTX* context = context_for(use).start(message.nonce, nullptr);
    int none = 0;
    const bool done = update(context, nullptr, message.associated) &&
                      update(context, out, {text.data(), text.size()}) &&
                      EVP_CipherFinal_ex(context, out + text.size(), &none) == 1 &&
                      EVP_CIPHER_CTX_get_params(context, tag_out) == 1;
    require(done, "OpenSSL failed to seal");
    return tag;
}

}  // namespace

std::string gcm_seal(const KeyBytes& key, std::string_view nonce, std::string_view associated,
                     std::string_view plain) {
    std::string sealed;
    sealed.reserve(plain.size() + kTagSize);
    sealed = plain;
    WipeGuard wipe_guard(sealed);
    const auto tag = encrypt(key, {.nonce = nonce, .associated = associated}, sealed);
    wipe_guard.dismiss();
    sealed.append(tag.data(), tag.size());
    return sealed;
}

std::optional<std::string_view> gcm_open_in_place(const KeyBytes& key, std::string_view nonce,
                                                  std::string_view associated,
                                                  std::span<char> sealed) {
    if (!is_nonce(nonce) || sealed.size() < kTagSize || sealed.size() > kMaxBytes ||
        associated.size() > kMaxBytes) {
        return std::nullopt;
    }
    const ErrorMark mark;
    const std::span<char> tag = sealed.last(kTagSize);
    const std::span<char> text = sealed.first(sealed.size() - kTagSize);
    auto* const out = reinterpret_cast<std::uint8_t*>(text.data());
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, tag.data(), tag.size()),
        OSSL_PARAM_construct_end(),
    };
    const Use use{.direction = Direction::open, .nonce_size = nonce.size(), .key = key};
    EVP_CIPHER_CTX* context = context_for(use).start(nonce, parameters);
    int none = 0;
    // EVP compares the tag in constant time.
    const bool authentic = update(context, nullptr, associated) &&
                           update(context, out, {text.data(), text.size()}) &&
                           EVP_CipherFinal_ex(context, out + text.size(), &none) == 1;
    if (!authentic) {
        return std::nullopt;
    }
    return std::string_view(text.data(), text.size());
}

std::optional<std::string> gcm_open(const KeyBytes& key, std::string_view nonce,
                                    std::string_view associated, std::string_view sealed) {
    std::string bytes(sealed);
    if (!gcm_open_in_place(key, nonce, associated, bytes)) {
        return std::nullopt;
    }
    bytes.resize(bytes.size() - kTagSize);
    return bytes;
}

void seal(const Keyring& keyring, Purpose purpose, std::string_view associated,
          std::string& bytes) {
    require(bytes.size() >= kSealFront, "no room for the key id and the nonce");
    WipeGuard wipe_guard(bytes);
    const Key& key = keyring.first();
    std::array<std::uint8_t, kNonceSize> nonce{};
    base::fill_random(nonce);
    std::ranges::copy(as_text(key.id()), bytes.begin());
    std::ranges::copy(as_text(nonce), bytes.begin() + sizeof(KeyId));
    const auto tag =
        encrypt(key.derived(purpose), {.nonce = as_text(nonce), .associated = associated},
                std::span(bytes).subspan(kSealFront));
    wipe_guard.dismiss();
    bytes.append(tag.data(), tag.size());
}

std::optional<Decrypted> open(const Keyring& keyring, Purpose purpose, std::string_view associated,
                              std::string_view sealed) {
    if (sealed.size() < kSealOverhead) {
        return std::nullopt;
    }
    KeyId id{};
    std::memcpy(id.data(), sealed.data(), id.size());
    const Key* key = keyring.find(id);
    if (key == nullptr) {
        return std::nullopt;
    }
    auto plain = gcm_open(key->derived(purpose), sealed.substr(sizeof(KeyId), kNonceSize),
                          associated, sealed.substr(sizeof(KeyId) + kNonceSize));
    if (!plain) {
        return std::nullopt;
    }
    return Decrypted{.plain = std::move(*plain), .with_retired_key = key != &keyring.first()};
}

}  // namespace social::crypto
