-- The answers: a session's own bytes, or the reason why not.
local settings = require "settings"

local answer = {}

local function send(body)
    ngx.header.content_length = #body
    ngx.print(body)
end

answer.send = send

function answer.refuse(reason)
    local status, body, challenge = unpack(settings.refusals[reason])
    ngx.status = status
    if type(challenge) == "string" then ngx.header.www_authenticate = challenge end
    return send(body)
end

-- The key that counts a site's requests of today.
function answer.quota_key(site)
    return "quota:" .. site .. ":" .. (ngx.time() - ngx.time() % 86400)
end

-- The key of the session that the request is for.
local behind_prefix = #settings.prefix + 1
function answer.session_key()
    return "session:" .. string.sub(ngx.var.uri, behind_prefix)
end

return answer
