-- Bearer tokens: HS256 with sid and exp, as RFC 7519 has them.
local base64 = require "ngx.base64"
local cjson = require "cjson.safe"
local crypto = require "crypto"
local ffi = require "ffi"
local settings = require "settings"

local decode, decode_json = base64.decode_base64url, cjson.decode
local find, lower, sub = string.find, string.lower, string.sub
local bytes = ffi.typeof("const unsigned char *")

local hmac = crypto.hmac(settings.key)
local sites = settings.sites
local token = {}

-- All tokens of one issuer begin with the same header.
local known_header

local function is_hs256(header)
    if header == known_header then return true end
    local text = decode(header)
    local fields = text and decode_json(text)
    if type(fields) ~= "table" or fields.alg ~= "HS256" then return false end
    known_header = header
    return true
end

-- The site of an Authorization header, or nil and what is wrong.
function token.site(authorization)
    if not authorization then return nil, "missing" end
    if lower(sub(authorization, 1, 7)) ~= "bearer " then return nil, "invalid" end
    local first = find(authorization, ".", 8, true)
    local second = first and find(authorization, ".", first + 1, true)
    if not second or not is_hs256(sub(authorization, 8, first - 1)) then return nil, "invalid" end

    local signature = decode(sub(authorization, second + 1))
    local digest = hmac(ffi.cast(bytes, authorization) + 7, second - 8)
    if not digest or not signature or #signature ~= 32 or not crypto.same(digest, signature, 32) then
        return nil, "invalid"
    end

    local text = decode(sub(authorization, first + 1, second - 1))
    local claims = text and decode_json(text)
    if type(claims) ~= "table" then return nil, "invalid" end
    local now, site, exp = ngx.time(), claims.sid, claims.exp
    local nbf, iat = claims.nbf or 0, claims.iat or 0
    if type(site) ~= "string" or not sites[site]
        or type(exp) ~= "number" or type(nbf) ~= "number" or type(iat) ~= "number"
        or nbf > now or iat > now then
        return nil, "invalid"
    end
    if exp <= now then return nil, "expired" end
    return site
end

return token
