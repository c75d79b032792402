-- Quota and ten seconds of each session in shared memory, in front of Redis.
local answer = require "answer"
local redis = require "nginx.redis"
local settings = require "settings"
local token = require "token"

local DAYS, FRESH = 2 * 86400, 10
local pool = { pool = "sessions", pool_size = 256 }
local limit, port = settings.limit, settings.redis_port
local counts, copies = ngx.shared.quota, ngx.shared.sessions
local cached = {}

-- The session from Redis; ngx.null where there is none, nil where Redis is not to be had.
local function fetch(key)
    local connection = redis:new()
    connection:set_timeout(1000)
    local ok, problem = connection:connect("127.0.0.1", port, pool)
    local body
    if ok then body, problem = connection:get(key) end
    if not body then
        ngx.log(ngx.ERR, "no answer of Redis: ", problem)
        return
    end
    connection:set_keepalive(60000)
    if body ~= ngx.null then copies:set(key, body, FRESH) end
    return body
end

function cached.serve()
    local site, wrong = token.site(ngx.var.http_authorization)
    if not site then return answer.refuse(wrong) end
    local used = counts:incr(answer.quota_key(site), 1, 0, DAYS)
    if not used then return answer.refuse("unavailable") end
    if used > limit then return answer.refuse("quota") end

    local key = answer.session_key()
    local body = copies:get(key) or fetch(key)
    if not body then return answer.refuse("unavailable") end
    if body == ngx.null then return answer.refuse("unknown") end
    return answer.send(body)
end

return cached
