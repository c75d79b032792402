# The same with the quota and ten seconds of each session in the shared memory of its workers;
# a quota of that kind is per machine.
package Bench::Peer::LuaCached;
use v5.36;

use parent 'Bench::Peer::Lua';

sub name        ($class) { return 'lua-cached' }
sub needs_redis ($class) { return 1 }
sub lua_module  ($class) { return 'cached' }

1;
