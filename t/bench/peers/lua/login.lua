-- The redirect to a provider's login: the site's URL checked, a signed state, a sealed cookie.
local base64 = require "ngx.base64"
local crypto = require "crypto"
local ffi = require "ffi"
local settings = require "settings"

local LIFETIME = 600
local NONCE = 22
local encode = base64.encode_base64url

local origins = settings.origins
local sign = crypto.hmac(settings.key)
local room = math.floor(settings.cookie_length * 3 / 4) - crypto.sealing_costs
local seal = crypto.sealer(settings.key, room)
-- The cookie is named for its login, so that two tabs do not disturb each other.
local cookie_prefix = string.sub(settings.cookie, 1, -1 - NONCE)
local login = {}

local function refuse()
    ngx.status = 400
    ngx.header.content_type = "text/plain"
    ngx.print("Wrong site url\n")
end

-- The site whose origin a URL belongs to.
local function site_of(url)
    if #url > 2048 or ngx.re.find(url, [==[[\x00-\x20\x7f-\xff\\]]==], "jo") then return end
    local parts = ngx.re.match(url, [==[^(https?)://([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?(?=[/?#]|$)]==], "jo")
    if not parts then return end
    local scheme, host, port = parts[1], string.lower(parts[2]), parts[3]
    if not port or port == (scheme == "https" and "443" or "80") then
        return origins[scheme .. "://" .. host]
    end
    return origins[scheme .. "://" .. host .. ":" .. port]
end

-- As long as the state it stands against: a random half, and what proves that it is ours.
local function new_state(nonce)
    local state = nonce .. "." .. encode(ffi.string(sign(nonce, #nonce), 16))
    return state .. string.rep("-", settings.state_length - #state)
end

function login.serve()
    local url = ngx.var.arg_redirectUrl
    url = url and ngx.unescape_uri(url)
    local site = url and site_of(url)
    if not site then return refuse() end

    local nonce = encode(crypto.random(16))
    local state = new_state(nonce)
    -- No part holds a line end.
    local intent = site .. "\n" .. state .. "\n" .. ngx.time() + LIFETIME .. "\n" .. url
    if #intent > room then return refuse() end
    local cookie = encode(seal(intent .. string.rep(" ", room - #intent)))

    ngx.status = 302
    ngx.header.content_length = 0
    ngx.header.location = settings.location .. state
    ngx.header.set_cookie = cookie_prefix .. nonce .. "=" .. cookie .. settings.cookie_attributes
    return ngx.exit(ngx.OK)
end

return login
