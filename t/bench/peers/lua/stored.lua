-- Quota and session in Redis: one pipeline for each request, on a connection of the pool.
local answer = require "answer"
local redis = require "nginx.redis"
local settings = require "settings"
local token = require "token"

local DAYS = 2 * 86400
local pool = { pool = "sessions", pool_size = 256 }
local limit, port = settings.limit, settings.redis_port
local stored = {}

local function connect()
    local connection = redis:new()
    connection:set_timeout(1000)
    local ok, problem = connection:connect("127.0.0.1", port, pool)
    if ok then return connection end
    ngx.log(ngx.ERR, "no connection to Redis: ", problem)
end

function stored.serve()
    local site, wrong = token.site(ngx.var.http_authorization)
    if not site then return answer.refuse(wrong) end
    local connection = connect()
    if not connection then return answer.refuse("unavailable") end

    local quota = answer.quota_key(site)
    connection:init_pipeline(2)
    connection:incr(quota)
    connection:get(answer.session_key())
    local replies, problem = connection:commit_pipeline()
    if not replies then
        ngx.log(ngx.ERR, "no answer of Redis: ", problem)
        return answer.refuse("unavailable")
    end
    local used, body = replies[1], replies[2]
    if used == 1 then connection:expire(quota, DAYS) end
    connection:set_keepalive(60000)

    if type(used) ~= "number" or type(body) == "table" then return answer.refuse("unavailable") end
    if used > limit then return answer.refuse("quota") end
    if body == ngx.null then return answer.refuse("unknown") end
    return answer.send(body)
end

return stored
