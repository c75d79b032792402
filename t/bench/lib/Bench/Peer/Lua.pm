# What the peers in Lua share: Debian's nginx with ngx_lua, and one module of t/bench/peers/lua/
# that answers.
package Bench::Peer::Lua;
use v5.36;

use parent 'Bench::Peer::Nginx';

sub conf_file ($class) { return 'lua/nginx.conf' }

# The module that answers, where it does so, and what it is told besides.
sub lua_module ($class) { die "$class has no module\n" }
sub location   ($class) { return "^~ $Bench::Peer::PREFIX" }
sub told       ($self)  { return () }

sub programs ($class) {
    return $class->SUPER::programs, '/usr/lib/nginx/modules/ngx_http_lua_module.so', '/usr/share/lua/5.1/nginx/redis.lua';
}

sub version ($self) {
    return $self->SUPER::version . ', ngx_lua ' . $self->package_version('libnginx-mod-http-lua');
}

sub values ($self) {
    return (
        LUA      => $self->lua_module,
        LOCATION => $self->location,
        SETTINGS => $self->settings_file($self->told),
    );
}

1;
