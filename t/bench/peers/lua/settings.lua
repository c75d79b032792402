-- What the server was told at its start; read once, by the master.
local cjson = require "cjson"

local settings = {}

local function from_hex(text)
    return (text:gsub("%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

function settings.read(path)
    local file = assert(io.open(path, "rb"))
    for name, value in pairs(cjson.decode(file:read("*a"))) do settings[name] = value end
    file:close()

    settings.key = from_hex(settings.key)
    local sites = {}
    for _, site in ipairs(settings.sites) do sites[site] = true end
    settings.sites = sites
end

return settings
