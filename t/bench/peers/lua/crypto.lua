-- libcrypto, which nginx has loaded already. Contexts are made once for each worker and keep
-- their key, so that a request pays for its own bytes alone.
local ffi = require "ffi"

ffi.cdef [[
typedef struct hmac_ctx_st HMAC_CTX;
typedef struct evp_md_st EVP_MD;
typedef struct evp_cipher_st EVP_CIPHER;
typedef struct evp_cipher_ctx_st EVP_CIPHER_CTX;
typedef struct engine_st ENGINE;

HMAC_CTX *HMAC_CTX_new(void);
int HMAC_Init_ex(HMAC_CTX *ctx, const void *key, int len, const EVP_MD *md, ENGINE *impl);
int HMAC_Update(HMAC_CTX *ctx, const unsigned char *data, size_t len);
int HMAC_Final(HMAC_CTX *ctx, unsigned char *md, unsigned int *len);
const EVP_MD *EVP_sha256(void);
int CRYPTO_memcmp(const void *a, const void *b, size_t len);

int RAND_bytes(unsigned char *buf, int num);
unsigned char *SHA256(const unsigned char *data, size_t count, unsigned char *md);
const EVP_CIPHER *EVP_aes_256_gcm(void);
EVP_CIPHER_CTX *EVP_CIPHER_CTX_new(void);
int EVP_EncryptInit_ex(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher, ENGINE *impl,
    const unsigned char *key, const unsigned char *iv);
int EVP_EncryptUpdate(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl, const unsigned char *in, int inl);
int EVP_EncryptFinal_ex(EVP_CIPHER_CTX *ctx, unsigned char *out, int *outl);
int EVP_CIPHER_CTX_ctrl(EVP_CIPHER_CTX *ctx, int type, int arg, void *ptr);
]]

local C = ffi.C
local EVP_CTRL_AEAD_GET_TAG = 0x10
local IV, TAG = 12, 16

local crypto = { sealing_costs = IV + TAG }

-- A function that gives the HMAC-SHA256 of `length` bytes at `data`: 32 bytes that stand until its next call.
function crypto.hmac(key)
    local context = C.HMAC_CTX_new()
    assert(C.HMAC_Init_ex(context, key, #key, C.EVP_sha256(), nil) == 1)
    local digest = ffi.new("unsigned char[32]")
    return function(data, length)
        if C.HMAC_Init_ex(context, nil, 0, nil, nil) == 1
            and C.HMAC_Update(context, data, length) == 1
            and C.HMAC_Final(context, digest, nil) == 1 then
            return digest
        end
    end
end

function crypto.same(a, b, length)
    return C.CRYPTO_memcmp(a, b, length) == 0
end

local random = ffi.new("unsigned char[64]")

function crypto.random(length)
    assert(C.RAND_bytes(random, length) == 1)
    return ffi.string(random, length)
end

-- A function that seals a text with AES-256-GCM: nonce, text, tag.
function crypto.sealer(key, longest)
    local context = C.EVP_CIPHER_CTX_new()
    local digest = ffi.new("unsigned char[32]")
    C.SHA256(key, #key, digest)
    assert(C.EVP_EncryptInit_ex(context, C.EVP_aes_256_gcm(), nil, digest, nil) == 1)
    local out = ffi.new("unsigned char[?]", IV + longest + TAG)
    local written = ffi.new("int[1]")
    return function(text)
        local length = #text
        assert(length <= longest and C.RAND_bytes(out, IV) == 1)
        assert(C.EVP_EncryptInit_ex(context, nil, nil, nil, out) == 1
            and C.EVP_EncryptUpdate(context, out + IV, written, text, length) == 1
            and C.EVP_EncryptFinal_ex(context, out + IV + length, written) == 1
            and C.EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, out + IV + length) == 1)
        return ffi.string(out, IV + length + TAG)
    end
end

return crypto
