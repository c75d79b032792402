# nginx with Lua: the token by HMAC of libcrypto, quota and session by one pipeline to Redis.
package Bench::Peer::LuaRedis;
use v5.36;

use parent 'Bench::Peer::Lua';

sub name        ($class) { return 'lua-redis' }
sub needs_redis ($class) { return 1 }
sub lua_module  ($class) { return 'stored' }

1;
