# All peers there are.
package Bench::Peers;
use v5.36;

use Bench::Peer::Fastify;
use Bench::Peer::FastifyCached;
use Bench::Peer::HAProxy;
use Bench::Peer::LuaAuth;
use Bench::Peer::LuaCached;
use Bench::Peer::LuaRedis;
use Bench::Peer::Memcached;

# Their classes, in the order of a table: what is native first.
sub all {
    return map {"Bench::Peer::$_"} qw(Memcached LuaRedis LuaCached LuaAuth HAProxy Fastify FastifyCached);
}

1;
